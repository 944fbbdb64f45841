// crdserver is a stand-alone CustomResourceDefinition server: Kubernetes' own
// apiextensions-apiserver (CEL rules, cost budget, defaulting, pruning,
// server-side apply), without the rest of a control plane. Client certificates of
// --client-ca-file authenticate; the group system:masters may do everything,
// nobody else anything.
//
// Its package does have a main of its own, but that one needs a core API server
// and leaves discovery and OpenAPI v2 to the aggregator, so that kubectl can not
// talk to it.
//
//go:debug default=go1.26
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"go.opentelemetry.io/otel/trace/noop"
	"k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	generated "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	"k8s.io/apiserver/pkg/server"
	openapiutil "k8s.io/apiserver/pkg/util/openapi"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	if err := run(server.SetupSignalContext(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "crdserver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	o := options.NewCustomResourceDefinitionsServerOptions(os.Stdout, os.Stderr)
	flags := pflag.NewFlagSet("crdserver", pflag.ExitOnError)
	o.AddFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if err := o.ServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	standAlone(o)
	if err := o.Complete(); err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
	}
	config, err := configure(o)
	if err != nil {
		return err
	}
	completed := config.Complete()
	// Complete leaves discovery to the aggregator, which is not here.
	completed.GenericConfig.EnableDiscovery = true
	servers, err := completed.New(server.NewEmptyDelegate())
	if err != nil {
		return err
	}
	return servers.GenericAPIServer.PrepareRun().RunWithContext(ctx)
}

// standAlone switches off what would need a core API server.
func standAlone(o *options.CustomResourceDefinitionsServerOptions) {
	r := o.RecommendedOptions
	r.CoreAPI, r.Admission = nil, nil
	r.Features.EnablePriorityAndFairness = false
	r.Authentication.RemoteKubeConfigFileOptional = true
	r.Authentication.SkipInClusterLookup = true
	r.Authorization.RemoteKubeConfigFileOptional = true
}

// configure does what o.Config() does, less the core API's informers, and with
// both OpenAPI documents.
func configure(o *options.CustomResourceDefinitionsServerOptions) (*apiserver.Config, error) {
	r := o.RecommendedOptions
	if err := r.SecureServing.MaybeDefaultWithSelfSignedCerts("localhost", nil, nil); err != nil {
		return nil, err
	}
	g := server.NewRecommendedConfig(apiserver.Codecs)
	if err := o.ServerRunOptions.ApplyTo(&g.Config); err != nil {
		return nil, err
	}
	if err := r.ApplyTo(g); err != nil {
		return nil, err
	}
	if err := o.APIEnablement.ApplyTo(&g.Config, apiserver.DefaultAPIResourceConfigSource(), apiserver.Scheme); err != nil {
		return nil, err
	}
	definitions := openapiutil.GetOpenAPIDefinitionsWithoutDisabledFeatures(generated.GetOpenAPIDefinitions)
	namer := openapi.NewDefinitionNamer(apiserver.Scheme, scheme.Scheme)
	g.OpenAPIConfig = server.DefaultOpenAPIConfig(definitions, namer)
	g.OpenAPIV3Config = server.DefaultOpenAPIV3Config(definitions, namer)
	return &apiserver.Config{
		GenericConfig: g,
		ExtraConfig: apiserver.ExtraConfig{
			CRDRESTOptionsGetter: options.NewCRDRESTOptionsGetter(*r.Etcd, g.ResourceTransformers, g.StorageObjectCountTracker),
			ServiceResolver:      webhook.NewDefaultServiceResolver(),
			AuthResolverWrapper:  webhook.NewDefaultAuthenticationInfoResolverWrapper(nil, nil, g.LoopbackClientConfig, noop.NewTracerProvider()),
		},
	}, nil
}
