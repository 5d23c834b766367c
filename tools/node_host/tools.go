//go:build tools

// Package nodehost pins Pulumi's host for programs in TypeScript, which tests run.
//
// It is the newest version whose host is in the module of the SDK; later ones are modules of their own that no module
// proxy has.
package nodehost

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
