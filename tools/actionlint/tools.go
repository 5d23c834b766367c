//go:build tools

// Package actionlint pins the checker of GitHub's workflows that tools/test_programs.py builds.
package actionlint

import _ "github.com/rhysd/actionlint/cmd/actionlint"
