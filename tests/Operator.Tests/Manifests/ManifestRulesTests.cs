using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>Rules that every manifest keeps, whatever the settings.</summary>
public sealed class ManifestRulesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_child_names_its_owner_its_labels_and_its_namespace(bool full)
    {
        var inputs = full ? TestExporters.Full : TestExporters.Minimal;

        Assert.All(TestExporters.Manifests(inputs), manifest =>
        {
            var metadata = manifest["metadata"]!;
            Assert.Equal("main-gateway", (string?)metadata["name"]);
            Assert.Equal("observability", (string?)metadata["namespace"]);
            Assert.Equal(inputs.Exporter.Metadata.Uid, (string?)metadata["ownerReferences"]![0]!["uid"]);
            Assert.Equal("main", (string?)metadata["labels"]![SentryOtelGroup.ExporterLabel]);
            Assert.Equal("sentry-otel-operator", (string?)metadata["labels"]!["app.kubernetes.io/managed-by"]);
            Assert.Equal("sentry-otel-gateway", (string?)metadata["labels"]!["app.kubernetes.io/name"]);
        });
    }

    [Fact]
    public void The_selector_does_not_depend_on_any_setting()
    {
        Assert.True(JsonNode.DeepEquals(ManifestMetadata.Selector(TestExporters.Minimal.Exporter), ManifestMetadata.Selector(TestExporters.Full.Exporter)));
    }

    /// <summary>The rules of the Pod Security level "restricted" (Kubernetes documentation, Pod Security Standards), and no writable root.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pods_are_fit_for_the_restricted_level(bool full)
    {
        var pod = GatewayPod.Create(full ? TestExporters.Full : TestExporters.Minimal);

        Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
        Assert.DoesNotContain(pod, static field => field.Key is "hostNetwork" or "hostPID" or "hostIPC" or "initContainers");
        Assert.All(pod["volumes"]!.AsArray(), volume =>
            Assert.Contains(volume!.AsObject(), static field => field.Key is "configMap" or "secret" or "emptyDir"));
        Assert.All(pod["containers"]!.AsArray(), container =>
        {
            var security = container!["securityContext"]!;
            Assert.False((bool)security["allowPrivilegeEscalation"]!);
            Assert.Equal("ALL", (string?)security["capabilities"]!["drop"]![0]);
            Assert.True((bool)security["readOnlyRootFilesystem"]!);
            Assert.All(container["ports"]!.AsArray(), static port => Assert.Null(port!["hostPort"]));
        });
    }

    [Fact]
    public void The_gateway_may_follow_its_own_tables_and_nothing_else()
    {
        var rules = GatewayRole.Create(TestExporters.Full)["rules"]!.AsArray();

        var maps = rules.Single(static rule => (string?)rule!["resources"]![0] == "configmaps")!;
        Assert.Equal(Naming.MaxRoutingTableSlices, maps["resourceNames"]!.AsArray().Count);
        Assert.All(maps["resourceNames"]!.AsArray(), static name => Assert.StartsWith("main-routes", (string?)name, StringComparison.Ordinal));
        Assert.DoesNotContain(rules, static rule => (string?)rule!["resources"]![0] == "secrets");
        Assert.Equal(3, rules.Count);
    }

    [Fact]
    public void A_gateway_that_creates_no_projects_announces_no_routes()
    {
        var rules = GatewayRole.Create(TestExporters.Minimal)["rules"]!.AsArray();

        Assert.DoesNotContain(rules, static rule => (string?)rule!["resources"]![0] == "sentryprojectroutes");
    }

    [Fact]
    public void A_changed_Secret_changes_the_hash_on_the_pods_and_nothing_else()
    {
        var map = GatewayConfigMap.Create(TestExporters.Dsn);
        var before = GatewayDeployment.Create(TestExporters.Dsn, map, 1);
        var after = GatewayDeployment.Create(TestExporters.Dsn with { SecretHash = "other" }, map, 1);

        Assert.NotEqual(Hash(before).ToString(), Hash(after).ToString());
        Hash(before).ReplaceWith("same");
        Hash(after).ReplaceWith("same");
        Assert.True(JsonNode.DeepEquals(before, after));

        static JsonNode Hash(JsonObject deployment) => deployment["spec"]!["template"]!["metadata"]!["annotations"]![GatewayDeployment.ConfigHashAnnotation]!;
    }

    [Fact]
    public void Kinds_that_the_server_does_not_serve_are_not_made()
    {
        var inputs = TestExporters.Full with { Versions = new ServedVersions(null, null) };

        Assert.Null(GatewayPodDisruptionBudget.Create(inputs));
        Assert.Null(GatewayHorizontalPodAutoscaler.Create(inputs));
    }
}
