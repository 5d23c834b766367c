"""The operations of PostHog's public API reference, 2024 and 2025: method and path, each once, and its parameters."""

OPERATIONS = """
DELETE /api/environments/{project_id}/evaluations/{id}
DELETE /api/environments/{project_id}/file_system/{id}
DELETE /api/environments/{project_id}/persons/{id}
DELETE /api/environments/{project_id}/query/{id}
DELETE /api/organizations/{organization_id}/projects/{id}
DELETE /api/organizations/{organization_id}/roles/{id}
DELETE /api/organizations/{organization_id}/roles/{role_id}/role_memberships/{id}
DELETE /api/projects/{project_id}/persons/{id}
DELETE /api/projects/{project_id}/pipeline_destination_configs/{id}
GET /api/environments/{project_id}/events
GET /api/environments/{project_id}/events/values
GET /api/environments/{project_id}/events/{id}
GET /api/environments/{project_id}/exports
GET /api/environments/{project_id}/exports/{id}
GET /api/environments/{project_id}/exports/{id}/content
GET /api/environments/{project_id}/file_system
GET /api/environments/{project_id}/file_system/{id}
GET /api/environments/{project_id}/insights/trend
GET /api/environments/{project_id}/persons
GET /api/environments/{project_id}/persons/activity
GET /api/environments/{project_id}/persons/cohorts
GET /api/environments/{project_id}/persons/funnel
GET /api/environments/{project_id}/persons/funnel/correlation
GET /api/environments/{project_id}/persons/lifecycle
GET /api/environments/{project_id}/persons/path
GET /api/environments/{project_id}/persons/retention
GET /api/environments/{project_id}/persons/stickiness
GET /api/environments/{project_id}/persons/values
GET /api/environments/{project_id}/persons/{id}
GET /api/environments/{project_id}/persons/{id}/activity
GET /api/environments/{project_id}/persons/{id}/properties_timeline
GET /api/environments/{project_id}/query/{id}
GET /api/organizations/{organization_id}/projects/{id}
GET /api/organizations/{organization_id}/projects/{id}/activity
GET /api/organizations/{organization_id}/projects/{id}/is_generating_demo_data
GET /api/organizations/{organization_id}/roles
GET /api/organizations/{organization_id}/roles/{id}
GET /api/organizations/{organization_id}/roles/{role_id}/role_memberships
GET /api/projects/{project_id}/persons
GET /api/projects/{project_id}/persons/activity
GET /api/projects/{project_id}/persons/cohorts
GET /api/projects/{project_id}/persons/funnel
GET /api/projects/{project_id}/persons/funnel/correlation
GET /api/projects/{project_id}/persons/lifecycle
GET /api/projects/{project_id}/persons/path
GET /api/projects/{project_id}/persons/retention
GET /api/projects/{project_id}/persons/stickiness
GET /api/projects/{project_id}/persons/trends
GET /api/projects/{project_id}/persons/values
GET /api/projects/{project_id}/persons/{id}
GET /api/projects/{project_id}/persons/{id}/activity
GET /api/projects/{project_id}/persons/{id}/properties_timeline
GET /api/projects/{project_id}/pipeline_destination_configs
GET /api/projects/{project_id}/pipeline_destination_configs/{id}
GET /api/projects/{project_id}/pipeline_destination_configs/{id}/frontend
GET /api/projects/{project_id}/pipeline_frontend_apps_configs
PATCH /api/environments/{project_id}/file_system/{id}
PATCH /api/environments/{project_id}/persons/{id}
PATCH /api/organizations/{organization_id}/projects/{id}
PATCH /api/organizations/{organization_id}/projects/{id}/reset_token
PATCH /api/organizations/{organization_id}/roles/{id}
PATCH /api/projects/{project_id}/persons/{id}
PATCH /api/projects/{project_id}/pipeline_destination_configs/rearrange
PATCH /api/projects/{project_id}/pipeline_destination_configs/{id}
POST /api/environments/{project_id}/exports
POST /api/environments/{project_id}/file_system
POST /api/environments/{project_id}/file_system/{id}/count
POST /api/environments/{project_id}/file_system/{id}/link
POST /api/environments/{project_id}/file_system/{id}/move
POST /api/environments/{project_id}/insights/trend
POST /api/environments/{project_id}/persons/bulk_delete
POST /api/environments/{project_id}/persons/funnel
POST /api/environments/{project_id}/persons/funnel/correlation
POST /api/environments/{project_id}/persons/path
POST /api/environments/{project_id}/persons/{id}/delete_property
POST /api/environments/{project_id}/query
POST /api/environments/{project_id}/query/chat
POST /api/organizations/{organization_id}/roles
POST /api/organizations/{organization_id}/roles/{role_id}/role_memberships
POST /api/projects/{project_id}/persons/funnel
POST /api/projects/{project_id}/persons/funnel/correlation
POST /api/projects/{project_id}/persons/path
POST /api/projects/{project_id}/persons/{id}/delete_property
POST /api/projects/{project_id}/persons/{id}/split
POST /api/projects/{project_id}/persons/{id}/update_property
POST /api/projects/{project_id}/pipeline_destination_configs
POST /api/projects/{project_id}/pipeline_destination_configs/{id}/job
POST /api/projects/{project_id}/pipeline_frontend_apps_configs
PUT /api/organizations/{organization_id}/projects/{id}
PUT /api/organizations/{organization_id}/roles/{id}
PUT /api/projects/{project_id}/persons/{id}
PUT /api/projects/{project_id}/pipeline_destination_configs/{id}
""".strip().splitlines()

# What the reference lists under "Query parameters", without `format`: where that may be csv is not said of all alike.
QUERY_PARAMETERS = """
DELETE /api/environments/{project_id}/persons/{id} delete_events
DELETE /api/projects/{project_id}/persons/{id} delete_events
GET /api/environments/{project_id}/events after before distinct_id event limit offset person_id properties select where
GET /api/environments/{project_id}/exports limit offset
GET /api/environments/{project_id}/file_system limit offset search
GET /api/environments/{project_id}/persons distinct_id email limit offset properties search
GET /api/organizations/{organization_id}/roles limit offset
GET /api/organizations/{organization_id}/roles/{role_id}/role_memberships limit offset
GET /api/projects/{project_id}/persons distinct_id email limit offset properties search
GET /api/projects/{project_id}/pipeline_destination_configs limit offset
GET /api/projects/{project_id}/pipeline_frontend_apps_configs limit offset
POST /api/environments/{project_id}/persons/bulk_delete delete_events distinct_ids ids
POST /api/environments/{project_id}/persons/{id}/delete_property $unset
POST /api/projects/{project_id}/persons/{id}/delete_property $unset
POST /api/projects/{project_id}/persons/{id}/update_property key value
""".strip().splitlines()
