// `pulumi package add ../../.venv/bin/pulumi-resource-posthog` writes the classes to sdks/posthog.
import * as posthog from "@pulumi/posthog";

// Everything that posthog.yaml declares, with its limits.
const acme = new posthog.Organization("acme", { file: "posthog.yaml" });

// What another program should manage stands in no file: a role, its members, and a function of a project of the file.
const editors = new posthog.Role("editors", { name: "Editors" });

new posthog.RoleMembers("editors", { role: editors.id, members: ["ana@acme.io"] });

new posthog.HogFunction("orders", {
    project: acme.projects.apply((projects) => projects["Web"]),
    name: "Orders to our service",
    template: "template-webhook",
    enabled: true,
    inputs: { url: "https://hooks.acme.io/orders" },
    filters: { events: [{ id: "order_paid", name: "order_paid", type: "events", order: 0 }] },
});

export const projects = acme.projects;
