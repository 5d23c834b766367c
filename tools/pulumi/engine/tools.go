//go:build tools

// Package engine pins the Pulumi CLI that tools/install.py builds.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
