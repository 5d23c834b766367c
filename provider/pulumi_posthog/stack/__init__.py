"""What Pulumi sees: handlers of each type of resource, properties, states, registration, and the doors."""
