# Every target works from a fresh clone and installs what it needs first (build/install-prerequisites), which takes a second where all is there.
# One after the other, also with -j: prerequisites come before what needs them, and two publishes share folders. What they start uses all cores.
.NOTPARALLEL:
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build images run cluster test test-unit test-e2e test-images bench bench-load bench-scale format crds chart-docs release-dry-run clean prerequisites

configuration := Release
# PLATFORM=linux/arm64: for machines other than this one.
cross := $(if $(filter-out linux/$(subst x86_64,amd64,$(subst aarch64,arm64,$(shell uname -m))),$(PLATFORM)),--cross)
version := $(shell sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Builds the programs: artifacts/{gateway,operator,cli,sentry-server} (PLATFORM=linux/arm64: for another machine, artifacts/arm64)
	build/install-prerequisites --build $(cross)
	build/publish

images: ## Builds the container images as OCI archives with their bills of materials: artifacts/images (PLATFORM=linux/arm64: artifacts/images/arm64)
	build/install-prerequisites --images $(cross)
	build/publish
	build/images

run: ## Runs the whole path once, for real (ONCE=1 ends by itself; CLUSTER=current uses the current kubeconfig context; SENTRY_URL, SENTRY_ORG and SENTRY_AUTH_TOKEN use that Sentry)
	@build/install-prerequisites --run
	@[ "$(CLUSTER)" = current ] || build/build-control-plane
	@build/publish
	@dotnet build tests/Demo --configuration $(configuration) --nologo --verbosity quiet
	@dotnet run --project tests/Demo --configuration $(configuration) --no-build -- $(if $(ONCE),--once) --cluster $(or $(CLUSTER),own)

cluster: ## A cluster of one real node on this machine, with our images, until Ctrl-C (root only): to try things by hand
	@build/install-prerequisites --run --node
	@build/build-control-plane --node
	@$(MAKE) --no-print-directory images test-images
	@dotnet build tests/Cluster --configuration $(configuration) --nologo --verbosity quiet
	@dotnet run --project tests/Cluster --configuration $(configuration) --no-build -- up --pause-image ghcr.io/sentry-otel/pause:$(version) \
		$(addprefix --archive artifacts/images/,test/pause.tar test/telemetry-sender.tar sentry-otel-operator.tar sentry-otel-gateway.tar)

prerequisites: ## Installs and builds what the tests run against: etcd, kubectl, helm, a control plane, a node, a CRD server
	build/install-prerequisites --node
	build/build-control-plane --node
	build/build-crd-server || [ "$(CI)" != true ]

test: prerequisites images test-images ## Runs every test
	dotnet build SentryOtelOperator.sln --nologo --verbosity quiet
	build/run-tests

test-unit: ## Runs the tests that start no process
	dotnet build SentryOtelOperator.sln --nologo --verbosity quiet
	build/run-tests --unit

test-e2e: ## Runs the end-to-end test on a real node (CLUSTER=current: on the current kubeconfig context, with STAND_IN_ADDRESS=an address of this machine that its pods reach, and IMAGES=a registry that holds the images of `make images test-images`)
	build/install-prerequisites --run $(if $(filter current,$(CLUSTER)),,--node)
	$(if $(filter current,$(CLUSTER)),,build/build-control-plane --node)
	$(if $(filter current,$(CLUSTER)),,$(MAKE) --no-print-directory images test-images)
	dotnet build tests/Node.EndToEnd --nologo --verbosity quiet
	build/run-tests Node.EndToEnd

test-images:
	build/install-prerequisites --images $(cross)
	build/publish telemetry-sender
	build/images --test

bench: ## Runs the benchmarks (ratios within one run; the machine's speed cancels out)
	dotnet run --project tests/Benchmarks --configuration Release

bench-load: ## Measures the published gateway under load against nginx, per CPU-second (LOAD="--help" lists options, LOAD=--short is a quick look)
	build/install-prerequisites --bench
	build/publish gateway
	@dotnet run --project tests/Benchmarks --configuration Release -- load $(LOAD)

bench-scale: ## Measures the published operator with 1,000 workloads, and with 100 exporters, 5,000 routes and 50,000 pods (SCALE="--help" lists options)
	build/install-prerequisites --run
	build/build-control-plane
	build/publish operator
	@dotnet run --project tests/Benchmarks --configuration Release -- scale $(SCALE)

format: ## Formats the code as CI wants it
	dotnet format SentryOtelOperator.sln

crds: ## Regenerates the custom resource definitions from their C# types
	dotnet run --project crds/generator -- --output crds --chart charts/sentry-otel-operator --docs docs

chart-docs: ## Writes the table of values into the chart's README
	dotnet run --project crds/generator -- --chart-readme charts/sentry-otel-operator

release-dry-run: ## Makes what a release consists of and publishes nothing: images, chart, definitions, plugin, bills of materials, checksums (artifacts/release)
	build/install-prerequisites --release
	build/release

clean: ## Removes what was built in this folder (the cache of the test programs stays)
	rm -rf artifacts
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
