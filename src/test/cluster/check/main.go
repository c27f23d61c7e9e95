// Renders every combination of base, overlays and components with kustomize, and reads what comes out
// strictly, as the types of the Kubernetes API: an unknown or repeated field is an error. Pod templates
// are held against Pod Security's own checks for "restricted".
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: check-manifests <a copy of kubernetes/, which it may write to> [one of its folders, alone]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubernetes string, alone []string) error {
	checks, err := newChecks()
	if err != nil {
		return err
	}
	roots, err := filepath.Glob(filepath.Join(kubernetes, "overlays", "*"))
	if err != nil {
		return err
	}
	components, err := filepath.Glob(filepath.Join(kubernetes, "components", "*"))
	if err != nil {
		return err
	}
	roots = append(roots, filepath.Join(kubernetes, "base"))
	if len(alone) > 0 {
		roots, components = []string{filepath.Join(kubernetes, alone[0])}, nil
	}
	rendered, wrong := 0, []string{}
	for _, root := range roots {
		left, err := notIn(root, components)
		if err != nil {
			return err
		}
		for chosen := range subsets(left) {
			name := describe(root, chosen)
			objects, err := render(kubernetes, root, chosen)
			if err != nil {
				wrong = append(wrong, name+": "+err.Error())
				continue
			}
			rendered++
			for _, complaint := range checks.read(objects) {
				wrong = append(wrong, name+": "+complaint)
			}
		}
	}
	fmt.Printf("%d combinations rendered, %d objects read strictly, %d pod templates held against Pod Security\n",
		rendered, checks.objects, checks.templates)
	for _, kind := range checks.unknown() {
		fmt.Printf("only rendered, as the API itself has no such type: %s\n", kind)
	}
	if rendered == 0 {
		return errors.New("there is nothing to render in " + kubernetes)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d are wrong, such as:\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 10)], "\n"))
	}
	return nil
}

// The components that a root does not have by itself.
func notIn(root string, components []string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "kustomization.yaml"))
	if err != nil {
		return nil, err
	}
	var kustomization struct {
		Components []string `json:"components"`
	}
	if err := yaml.Unmarshal(text, &kustomization); err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, component := range kustomization.Components {
		own[filepath.Base(component)] = true
	}
	return slices.DeleteFunc(slices.Clone(components), func(c string) bool { return own[filepath.Base(c)] }), nil
}

func subsets(all []string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for bits := range 1 << len(all) {
			var chosen []string
			for i, one := range all {
				if bits>>i&1 == 1 {
					chosen = append(chosen, one)
				}
			}
			if !yield(chosen) {
				return
			}
		}
	}
}

func describe(root string, components []string) string {
	name := filepath.Base(root)
	for _, component := range components {
		name += " + " + filepath.Base(component)
	}
	return name
}

// As a user's own overlay would have it: a folder beside the others.
func render(kubernetes, root string, components []string) ([]byte, error) {
	folder, err := os.MkdirTemp(kubernetes, "combination-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var text strings.Builder
	text.WriteString("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: driveline\n")
	write := func(field string, paths ...string) error {
		if len(paths) > 0 {
			fmt.Fprintf(&text, "%s:\n", field)
		}
		for _, path := range paths {
			relative, err := filepath.Rel(folder, path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "  - %s\n", relative)
		}
		return nil
	}
	if err := errors.Join(write("resources", root), write("components", components...)); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text.String()), 0o600); err != nil {
		return nil, err
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	return made.AsYaml()
}

type checks struct {
	strict             *json.Serializer
	restricted         policy.Evaluator
	objects, templates int
	without            map[string]int
}

func newChecks() (*checks, error) {
	restricted, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
		json.SerializerOptions{Yaml: true, Strict: true})
	return &checks{strict: strict, restricted: restricted, without: map[string]int{}}, nil
}

func (c *checks) read(text []byte) []string {
	var wrong []string
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return wrong
		}
		if err != nil {
			return append(wrong, err.Error())
		}
		object, kind, err := c.strict.Decode(document, nil, nil)
		switch {
		case err == nil:
			c.objects++
			wrong = append(wrong, c.podSecurity(object)...)
		case runtime.IsNotRegisteredError(err) && kind != nil:
			c.without[kind.String()]++
		default:
			wrong = append(wrong, fmt.Sprintf("%v: %v", kind, err))
		}
	}
}

func (c *checks) podSecurity(object runtime.Object) []string {
	var template *corev1.PodTemplateSpec
	switch workload := object.(type) {
	case *appsv1.Deployment:
		template = &workload.Spec.Template
	case *appsv1.StatefulSet:
		template = &workload.Spec.Template
	default:
		return nil
	}
	c.templates++
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(c.restricted.EvaluatePod(level, &template.ObjectMeta, &template.Spec))
	if result.Allowed {
		return nil
	}
	return []string{result.ForbiddenDetail()}
}

func (c *checks) unknown() []string {
	var kinds []string
	for kind, times := range c.without {
		kinds = append(kinds, fmt.Sprintf("%s (%d times)", kind, times))
	}
	sort.Strings(kinds)
	return kinds
}
