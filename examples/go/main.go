// An organization, and a role beside its file, from a program in Go.
//
// `go run .` deploys it. `go run . preview` shows what that would do. `go run . destroy` removes it. PULUMI_STACK names
// the stack. Pulumi's Automation API calls the `pulumi` command for each of them. If Pulumi's host for Go is installed,
// `pulumi up` runs the same file.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Organization is everything that a file declares.
type Organization struct {
	pulumi.ResourceState

	Projects pulumi.MapOutput `pulumi:"projects"`
}

// Role is a role of the organization; the names of properties are those of the API.
type Role struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

func program(ctx *pulumi.Context) error {
	var acme Organization
	file := pulumi.Map{"file": pulumi.String("posthog.yaml")}
	if err := ctx.RegisterRemoteComponentResource("posthog:index:Organization", "acme", file, &acme); err != nil {
		return err
	}
	var guests Role
	named := pulumi.Map{"name": pulumi.String("Guests")}
	if err := ctx.RegisterResource("posthog:index:Role", "guests", named, &guests); err != nil {
		return err
	}
	ctx.Export("projects", acme.Projects)
	ctx.Export("guests", guests.ID())
	return nil
}

func main() {
	if os.Getenv(pulumi.EnvMonitor) != "" {
		pulumi.Run(program)
		return
	}
	command := "up"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	if err := drive(context.Background(), command); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// drive has the Pulumi command line deploy, show or remove what the program declares.
func drive(ctx context.Context, command string) error {
	name := os.Getenv("PULUMI_STACK")
	if name == "" {
		name = "production"
	}
	here, err := auto.NewLocalWorkspace(ctx, auto.WorkDir("."), auto.Program(program))
	if err != nil {
		return err
	}
	stack, err := auto.UpsertStack(ctx, name, here)
	if err != nil {
		return err
	}
	switch command {
	case "up":
		_, err = stack.Up(ctx, optup.Diff(), optup.ProgressStreams(os.Stdout))
	case "preview":
		_, err = stack.Preview(ctx, optpreview.Diff(), optpreview.ProgressStreams(os.Stdout))
	case "destroy":
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout))
	default:
		err = fmt.Errorf("%q is none of up, preview, destroy", command)
	}
	return err
}
