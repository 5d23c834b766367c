// Command node_sdk writes the classes of a provider for programs in TypeScript.
//
//	node_sdk SCHEMA FOLDER
//
// It is what `pulumi package add` does in a project of Node.js; that needs a host that is in no module proxy.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// none loads no other provider's schema: ours refers to none.
type none struct{ schema.ReferenceLoader }

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: node_sdk SCHEMA FOLDER"))
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func write(file, folder string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	// Unlike ImportSpec this validates, so that a schema that Pulumi refuses is refused here, too.
	bound, problems, err := schema.BindSpec(spec, none{}, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if problems.HasErrors() {
		return fmt.Errorf("%s: %w", file, problems)
	}
	if err := bound.ImportLanguages(map[string]schema.Language{"nodejs": nodejs.Importer}); err != nil {
		return err
	}
	files, err := nodejs.GeneratePackage("node_sdk", bound, nil, nil, true, none{})
	if err != nil {
		return err
	}
	for name, contents := range files {
		place := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(place, contents, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "node_sdk:", err)
	os.Exit(1)
}
