//go:build tools

// Package yaml_host pins the version of Pulumi's language host for programs in YAML.
package yaml_host

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
