"""The provider plugin `pulumi-resource-posthog`: gRPC in, the handlers' decisions out. Without Pulumi's SDK."""
