using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Chart.Tests;

/// <summary>The chart on a real API server.</summary>
[Trait("Category", "Processes")]
[Collection(ControlPlaneCollection.Name)]
public sealed class InstallationTests(ControlPlaneFixture fixture)
{
    private const string DryRunNamespace = "sentry-dry-run";

    private readonly ControlPlane _controlPlane = fixture.ControlPlane;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Install_upgrade_uninstall_on_a_real_API_server()
    {
        await _controlPlane.RemoveReleaseAsync();

        // Before: the operator's own check says what is missing.
        var before = await CommandResult.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "sentry-otel-operator"), ["check", "--kubeconfig", _controlPlane.KubeconfigPath, "--within=1s"], cancellationToken: Cancellation);
        Assert.Equal(1, before.ExitCode);
        Assert.Contains("FAILED  SentryExporter of sentry-otel.dev/v1alpha1 is not served: install the custom resource definitions (chart value crds.enabled)", before.Output, StringComparison.Ordinal);

        // Install: the definitions are served, the short name works, the operator's account has its rights and no more.
        await _controlPlane.HelmAsync("install", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--create-namespace");
        await _controlPlane.EstablishedAsync();
        Assert.Contains("No resources found", (await _controlPlane.Tools.TryKubectlAsync(["get", "sentryroutes"], cancellationToken: Cancellation)).Error, StringComparison.Ordinal);
        Assert.True(await CanAsync("list", "sentryexporters.sentry-otel.dev"));
        Assert.True(await CanAsync("patch", "sentryprojectroutes.sentry-otel.dev", "--subresource=status"));
        Assert.False(await CanAsync("list", "secrets", "--all-namespaces"));
        Assert.False(await CanAsync("delete", "namespaces"));
        Assert.False(await CanAsync("escalate", "roles.rbac.authorization.k8s.io"));

        // Upgrade changes what it is told to, and only that.
        await _controlPlane.HelmAsync("upgrade", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--set", "replicaCount=1");
        var deployment = JsonNode.Parse(await _controlPlane.KubectlAsync("get", "deployment", Chart.Release, "--namespace", Chart.Namespace, "--output=json"))!;
        Assert.Equal(1, (int)deployment["spec"]!["replicas"]!);

        // Uninstall leaves the definitions, and with them people's resources.
        await _controlPlane.HelmAsync("uninstall", Chart.Release, "--namespace", Chart.Namespace);
        await _controlPlane.KubectlAsync("get", "crd", "sentryexporters.sentry-otel.dev", "sentryprojectroutes.sentry-otel.dev");
        Assert.NotEqual(0, (await _controlPlane.Tools.TryKubectlAsync(["get", "deployment", Chart.Release, "--namespace", Chart.Namespace], cancellationToken: Cancellation)).ExitCode);
        await _controlPlane.KubectlAsync("delete", "crd", "sentryexporters.sentry-otel.dev", "sentryprojectroutes.sentry-otel.dev", "--timeout=60s");
    }

    [Fact]
    public async Task A_release_of_the_version_before_is_upgraded_with_its_definitions_and_its_resources_stay()
    {
        await _controlPlane.RemoveReleaseAsync();

        // Given a release of the first chart that had definitions (commit ee46cdd, packaged), and resources that people made
        var previous = Directory.EnumerateFiles(SentryOtel.Testing.RepositoryFiles.PathOf("tests/Chart.Tests/Previous"), "*.tgz").Single();
        await _controlPlane.HelmAsync("install", Chart.Release, previous, "--namespace", Chart.Namespace, "--create-namespace", "--set", "podDisruptionBudget.enabled=true");
        await _controlPlane.EstablishedAsync();
        await _controlPlane.ApplyAsync(
            """
            apiVersion: sentry-otel.dev/v1alpha1
            kind: SentryExporter
            metadata: {name: kept, namespace: default}
            spec:
              url: https://sentry.io
              orgSlug: acme
              authTokenSecretRef: {name: token, key: token}
            ---
            apiVersion: sentry-otel.dev/v1alpha1
            kind: SentryProjectRoute
            metadata: {name: kept, namespace: default}
            spec:
              exporterRef: {name: kept}
              attributeValue: kept
              project: {slug: kept}
            """);
        var uid = await UidAsync("sentryexporter/kept");
        var before = await DefinitionAsync();

        // When it is upgraded
        await _controlPlane.HelmAsync("upgrade", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--reset-then-reuse-values");

        // Then the definitions are the new ones, and served
        await _controlPlane.EstablishedAsync();
        var after = await DefinitionAsync();
        Assert.NotEqual(before, after);
        Assert.Contains("maxCreatedPerMinute", after, StringComparison.Ordinal);
        Assert.DoesNotContain("maxCreatedPerMinute", before, StringComparison.Ordinal);

        // And the resources are the same ones, and take what the new version knows
        Assert.Equal(uid, await UidAsync("sentryexporter/kept"));
        await _controlPlane.KubectlAsync("get", "sentryprojectroute/kept", "--namespace", "default");
        await _controlPlane.KubectlAsync("patch", "sentryexporter/kept", "--namespace", "default", "--type=merge", "--patch", """{"spec": {"projects": {"maxCreatedPerMinute": 7}}}""");
        Assert.Equal("7", await _controlPlane.KubectlAsync("get", "sentryexporter/kept", "--namespace", "default", "--output=jsonpath={.spec.projects.maxCreatedPerMinute}"));

        // And what was set with the old values still holds
        Assert.Equal("1", await _controlPlane.KubectlAsync("get", "poddisruptionbudget", Chart.Release, "--namespace", Chart.Namespace, "--output=jsonpath={.spec.maxUnavailable}"));
        await _controlPlane.RemoveReleaseAsync();
    }

    [Fact]
    public async Task The_API_server_takes_every_object_of_every_values_file()
    {
        await _controlPlane.RemoveReleaseAsync();
        await _controlPlane.ApplyAsync(string.Join("\n---\n", Namespaces.Select(static name => $"{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}")) + "\n---\n" + MonitoringDefinitions());
        await _controlPlane.KubectlAsync("wait", "--for=condition=Established", "crd/servicemonitors.monitoring.coreos.com", "crd/prometheusrules.monitoring.coreos.com", "--timeout=30s");
        foreach (var account in (string[])[Chart.Release, "operator", "existing-account"])
        {
            // The server takes no pod whose account is not there, and none of a dry run is; helm takes over no object that is not the release's.
            await _controlPlane.ApplyAsync(
                $$"""
                apiVersion: v1
                kind: ServiceAccount
                metadata:
                  name: {{account}}
                  namespace: {{DryRunNamespace}}
                  labels: {app.kubernetes.io/managed-by: Helm}
                  annotations: {meta.helm.sh/release-name: {{Chart.Release}}, meta.helm.sh/release-namespace: {{DryRunNamespace}} }
                """);
        }

        foreach (var file in Chart.ValuesFiles)
        {
            var rendered = await _controlPlane.HelmAsync(
                "template", Chart.Release, Chart.Folder, "--namespace", DryRunNamespace, "--values", Chart.PathOfValues(file), "--dry-run=server");
            var answer = await _controlPlane.Tools.TryKubectlAsync(["apply", "--dry-run=server", "--filename", "-"], rendered, Cancellation);

            Assert.True(answer.ExitCode == 0, $"{file}: {answer.Error}");
            Assert.Equal(rendered.Split('\n').Count(static line => line.StartsWith("kind: ", StringComparison.Ordinal)), answer.Output.Split("(server dry run)").Length - 1);
        }
    }

    private static IReadOnlyList<string> Namespaces { get; } = [DryRunNamespace, "monitoring", "team-a", "team-b"];

    private static string MonitoringDefinitions() => string.Join(
        "\n---\n",
        ((string[])["ServiceMonitor", "PrometheusRule"]).Select(static kind => $$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{{Plural(kind)}}}.monitoring.coreos.com}
            spec:
              group: monitoring.coreos.com
              scope: Namespaced
              names: {kind: {{{kind}}}, listKind: {{{kind}}}List, plural: {{{Plural(kind)}}}, singular: {{{Plural(kind)[..^1]}}} }
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} } }
            """));

#pragma warning disable CA1308 // Kubernetes' names are lower-case.
    private static string Plural(string kind) => $"{kind.ToLowerInvariant()}s";
#pragma warning restore CA1308

    private async Task<string> UidAsync(string what) => await _controlPlane.KubectlAsync("get", what, "--namespace", "default", "--output=jsonpath={.metadata.uid}");

    private Task<string> DefinitionAsync() => _controlPlane.KubectlAsync("get", "crd", "sentryexporters.sentry-otel.dev", "--output=jsonpath={.spec}");

    private async Task<bool> CanAsync(params string[] question) =>
        (await _controlPlane.Tools.TryKubectlAsync(
            ["auth", "can-i", .. question, $"--as=system:serviceaccount:{Chart.Namespace}:{Chart.Release}"], cancellationToken: Cancellation)).ExitCode == 0;
}
