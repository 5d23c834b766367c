"""Which keys the nodes of queries have, and which of them they need (posthog-api-analytics.md 2.5).

The contract says that unknown keys are errors and not which keys are known; these are those of PostHog's published
schema of queries.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A kind of node: its keys, and those that it cannot be without."""

    keys: frozenset[str]
    needed: tuple[str, ...] = ()


def shape(keys: str, needed: str = "") -> Shape:
    return Shape(frozenset(keys.split()), tuple(needed.split()))


EVERY = "kind version response modifiers tags"
OF_INSIGHTS = (
    f"{EVERY} dateRange filterTestAccounts properties samplingFactor aggregation_group_type_index "
    "dataColorTheme"
)
OF_SERIES = (
    f"{EVERY} name custom_name math math_hogql math_multiplier math_property math_property_type "
    "math_property_revenue_currency math_group_type_index properties fixedProperties optionalInFunnel"
)
VIEW = (
    "full embedded showHeader showTable showCorrelationTable showFilters showLastComputation "
    "showLastComputationRefresh showResults suppressSessionAnalysisWarning hidePersonsModal"
)
OF_TABLES = (
    f"{VIEW} columns hiddenColumns pinnedColumns allowSorting expandable propertiesViaUrl showActions "
    "showColumnConfigurator showDateRange showElapsedTime showEventFilter showEventsFilter showExport showHogQLEditor "
    "showOpenEditorButton showPersistentColumnConfigurator showPropertyFilter showRecordingColumn showReload "
    "showSavedQueries showSavedFilters showSearch showSourceQueryOptions showTestAccountFilters showTimings "
    "showAbsoluteTime showCount contextKey context defaultColumns"
)

NODES: dict[str, Shape] = {
    "InsightVizNode": shape(f"{EVERY} source vizSpecificOptions hideTooltipOnScroll {VIEW}", "source"),
    "DataVisualizationNode": shape(f"{EVERY} source display chartSettings tableSettings", "source"),
    "DataTableNode": shape(f"{EVERY} source {OF_TABLES}", "source"),
    "SavedInsightNode": shape(f"{EVERY} shortId {OF_TABLES} showFilters hideTooltipOnScroll", "shortId"),
    "TrendsQuery": shape(
        f"{OF_INSIGHTS} series interval breakdownFilter trendsFilter compareFilter conversionGoal", "series"
    ),
    "FunnelsQuery": shape(
        f"{OF_INSIGHTS} series interval breakdownFilter funnelsFilter compareFilter", "series"
    ),
    "RetentionQuery": shape(f"{OF_INSIGHTS} retentionFilter breakdownFilter", "retentionFilter"),
    "PathsQuery": shape(f"{OF_INSIGHTS} pathsFilter funnelPathsFilter", "pathsFilter"),
    "StickinessQuery": shape(
        f"{OF_INSIGHTS} series interval intervalCount stickinessFilter compareFilter", "series"
    ),
    "LifecycleQuery": shape(
        f"{OF_INSIGHTS} series interval lifecycleFilter customAggregationTarget", "series"
    ),
    "CalendarHeatmapQuery": shape(
        f"{OF_INSIGHTS} series interval calendarHeatmapFilter conversionGoal", "series"
    ),
    "HogQLQuery": shape(
        f"{EVERY} query filters variables values name explain sendRawQuery connectionId", "query"
    ),
    "HogQuery": shape(f"{EVERY} code", "code"),
    "EventsQuery": shape(
        f"{EVERY} select where orderBy limit offset after before event events actionId personId properties "
        "fixedProperties filterTestAccounts source",
        "select",
    ),
    "ActorsQuery": shape(f"{EVERY} source select search properties fixedProperties orderBy limit offset"),
    "GroupsQuery": shape(
        f"{EVERY} group_type_index select search properties orderBy limit offset", "group_type_index"
    ),
    "SessionsTimelineQuery": shape(f"{EVERY} after before personId"),
}
"""What can stand at the top, or be the source of what stands there."""
SOURCES = {
    "InsightVizNode": (
        "TrendsQuery",
        "FunnelsQuery",
        "RetentionQuery",
        "PathsQuery",
        "StickinessQuery",
        "LifecycleQuery",
        "CalendarHeatmapQuery",
    ),
    "DataVisualizationNode": ("HogQLQuery",),
    "DataTableNode": (
        "HogQLQuery",
        "EventsQuery",
        "ActorsQuery",
        "GroupsQuery",
        "SessionsTimelineQuery",
        "RetentionQuery",
        "FunnelsQuery",
    ),
}
SERIES: dict[str, Shape] = {
    "EventsNode": shape(f"{OF_SERIES} event limit orderBy"),
    "ActionsNode": shape(f"{OF_SERIES} id", "id"),
    "DataWarehouseNode": shape(
        f"{OF_SERIES} id id_field table_name timestamp_field distinct_id_field dw_source_type", "id"
    ),
    "GroupNode": shape(f"{OF_SERIES} nodes operator limit orderBy", "nodes operator"),
}
OBJECTS: dict[str, Shape] = {
    "dateRange": shape("date_from date_to explicitDate"),
    "breakdownFilter": shape(
        "breakdown breakdown_type breakdowns breakdown_group_type_index breakdown_hide_other_aggregation "
        "breakdown_histogram_bin_count breakdown_limit breakdown_normalize_url breakdown_path_cleaning"
    ),
    "compareFilter": shape("compare compare_to"),
    "trendsFilter": shape(
        "aggregationAxisFormat aggregationAxisPostfix aggregationAxisPrefix breakdown_histogram_bin_count "
        "confidenceLevel decimalPlaces detailedResultsAggregationType display excludeBoxPlotOutliers formula "
        "formulaNodes formulas goalLines hiddenLegendIndexes minDecimalPlaces movingAverageIntervals "
        "resultCustomizationBy resultCustomizations showAlertThresholdLines showConfidenceIntervals showLabelsOnSeries "
        "showLegend showMovingAverage showMultipleYAxes showPercentStackView showTrendLines showValuesOnSeries "
        "smoothingIntervals yAxisScaleType"
    ),
    "funnelsFilter": shape(
        "binCount breakdownAttributionType breakdownAttributionValue exclusions funnelAggregateByHogQL "
        "funnelFromStep funnelOrderType funnelStepReference funnelToStep funnelVizType funnelWindowInterval "
        "funnelWindowIntervalUnit goalLines hiddenLegendBreakdowns layout resultCustomizations showTrendLines "
        "showValuesOnSeries useUdf"
    ),
    "retentionFilter": shape(
        "aggregationProperty aggregationPropertyType aggregationType cumulative dashboardDisplay display goalLines "
        "meanRetentionCalculation minimumOccurrences period retentionCustomBrackets retentionReference retentionType "
        "returningEntity selectedInterval showTrendLines targetEntity timeWindowMode totalIntervals"
    ),
    "pathsFilter": shape(
        "edgeLimit endPoint excludeEvents includeEventTypes localPathCleaningFilters maxEdgeWeight minEdgeWeight "
        "pathDropoffKey pathEndKey pathGroupings pathReplacements pathStartKey pathsHogQLExpression showFullUrls "
        "startPoint stepLimit"
    ),
    "stickinessFilter": shape(
        "computedAs display hiddenLegendIndexes resultCustomizationBy resultCustomizations showLegend "
        "showMultipleYAxes showValuesOnSeries stickinessCriteria"
    ),
    "lifecycleFilter": shape("showLegend showValuesOnSeries stacked toggledLifecycles"),
}
"""Objects inside a query: their keys."""
