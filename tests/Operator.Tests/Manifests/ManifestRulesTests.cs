using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Manifests;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>Rules that every manifest keeps, whatever the settings.</summary>
public sealed class ManifestRulesTests
{
    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("disk")]
    public void Every_child_names_its_owner_its_labels_and_its_namespace(string name)
    {
        var inputs = TestExporters.Named(name);

        Assert.All(TestExporters.Manifests(inputs), manifest =>
        {
            var metadata = manifest["metadata"]!;
            Assert.StartsWith("main-gateway", (string?)metadata["name"], StringComparison.Ordinal);
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
        Assert.True(JsonNode.DeepEquals(ManifestMetadata.Selector(TestExporters.Minimal.Exporter), ManifestMetadata.Selector(TestExporters.Disk.Exporter)));
    }

    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("dsn")]
    [InlineData("disk")]
    [InlineData("shared")]
    public void Pods_are_fit_for_the_restricted_level(string name)
    {
        Assert.Empty(PodSecurity.Violations(GatewayPod.Create(TestExporters.Named(name))));
    }

    [Fact]
    public void A_pod_that_is_not_fit_for_the_restricted_level_is_found_out()
    {
        var pod = GatewayPod.Create(TestExporters.Disk);
        pod["hostNetwork"] = true;
        pod["securityContext"]!["runAsUser"] = 0;
        pod["volumes"]!.AsArray().Add(JsonNode.Parse("""{"name": "host", "hostPath": {"path": "/"}}"""));
        pod["containers"]![0]!["securityContext"]!["capabilities"]!["drop"] = new JsonArray("NET_RAW");

        Assert.Equal(["hostNetwork", "volume host", "gateway: runAsUser", "gateway: capabilities.drop"], PodSecurity.Violations(pod));
    }

    [Fact]
    public void Where_the_cluster_chooses_users_none_is_asked_for()
    {
        var pod = GatewayPod.Create(TestExporters.Disk with { HasFixedUser = false, ImagePullPolicy = "Always" });

        Assert.Equal(["runAsNonRoot", "seccompProfile"], pod["securityContext"]!.AsObject().Select(static field => field.Key));
        Assert.Equal("Always", (string?)pod["containers"]![0]!["imagePullPolicy"]);
        Assert.Empty(PodSecurity.Violations(pod));
        Assert.Null(GatewayPod.Create(TestExporters.Disk)["containers"]![0]!["imagePullPolicy"]);
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
    public void A_shared_gateway_is_nobodys_by_name_all_of_its_exporters_own_it_and_it_may_follow_the_tables_of_all()
    {
        var manifests = TestExporters.Manifests(TestExporters.Shared).ToList();
        var rules = GatewayRole.Create(TestExporters.Shared)["rules"]!.AsArray();

        Assert.All(manifests, static manifest =>
        {
            var metadata = manifest["metadata"]!;
            Assert.Equal(Naming.SharedGateway, (string?)metadata["name"]);
            Assert.Null(metadata["labels"]![SentryOtelGroup.ExporterLabel]);
            Assert.Equal(
                [("eu", true), ("internal", false), ("rest", false)],
                metadata["ownerReferences"]!.AsArray().Select(static owner => ((string)owner!["name"]!, (bool?)owner["controller"] == true)));
        });
        Assert.Equal(
            Naming.MaxRoutingTableSlices * 3, rules.Single(static rule => (string?)rule!["resources"]![0] == "configmaps")!["resourceNames"]!.AsArray().Count);
        Assert.Contains(rules, static rule => (string?)rule!["resources"]![0] == "sentryprojectroutes");
    }

    [Fact]
    public void Whoever_is_the_host_of_a_shared_gateway_its_objects_are_found_by_the_same_labels()
    {
        var guest = TestExporters.Shared.Guests[0];

        Assert.True(JsonNode.DeepEquals(ManifestMetadata.Selector(TestExporters.Shared.Exporter), ManifestMetadata.Selector(guest)));
        Assert.Equal(Naming.Gateway(TestExporters.Shared.Exporter), Naming.Gateway(guest));
        Assert.NotEqual(Naming.Instance(guest), Naming.LabelValue(Naming.SharedGateway));
    }

    [Fact]
    public void A_gateway_that_creates_no_projects_announces_no_routes()
    {
        var rules = GatewayRole.Create(TestExporters.Minimal)["rules"]!.AsArray();

        Assert.DoesNotContain(rules, static rule => (string?)rule!["resources"]![0] == "sentryprojectroutes");
    }

    [Fact]
    public void What_comes_from_Secrets_is_mounted_and_never_a_variable_or_part_of_the_configuration()
    {
        var files = GatewayFiles.Of(TestExporters.Full);
        var pod = GatewayPod.Create(TestExporters.Full);
        var configuration = GatewayConfiguration.Create(TestExporters.Full).ToJsonString();

        Assert.Equal(7, files.Count);
        Assert.Equal(files.Count, files.Select(static file => file.Path).Distinct().Count());
        Assert.All(files, file => Assert.Contains(file.FullPath, configuration, StringComparison.Ordinal));
        Assert.DoesNotContain("secretKeyRef", pod["containers"]!.ToJsonString(), StringComparison.Ordinal);
        var sources = pod["volumes"]!.AsArray().Single(static volume => volume!["projected"] is not null)!["projected"]!["sources"]!.AsArray();
        Assert.Equal(files.Select(static file => file.Path), sources.Select(static source => (string?)(source!["secret"] ?? source["configMap"])!["items"]![0]!["path"]));
    }

    [Fact]
    public void Every_volume_that_is_mounted_is_there()
    {
        foreach (var name in (string[])["minimal", "full", "dsn", "disk", "shared"])
        {
            var inputs = TestExporters.Named(name);
            var pod = GatewayPod.Create(inputs);
            var claims = inputs.IsOnDisk ? (string[])[GatewayStatefulSet.QueueVolume] : [];

            Assert.Equal(
                pod["volumes"]!.AsArray().Select(static volume => (string?)volume!["name"]).Concat(claims).Order(),
                pod["containers"]![0]!["volumeMounts"]!.AsArray().Select(static mount => (string?)mount!["name"]).Order());
        }
    }

    [Fact]
    public void Kinds_that_the_server_does_not_serve_are_not_made_and_named()
    {
        var inputs = TestExporters.Full with { Versions = new ServedVersions(null, null) };

        var kinds = ChildPlan.Of(inputs).Select(static child => child.Resource.Kind);

        Assert.Empty(kinds.Intersect(["PodDisruptionBudget", "HorizontalPodAutoscaler", "ServiceMonitor", "PodMonitor"]));
        Assert.Equal(["PodDisruptionBudget", "HorizontalPodAutoscaler", "ServiceMonitor"], ChildPlan.NotServed(inputs));
        Assert.Empty(ChildPlan.NotServed(TestExporters.Full));
    }

    [Fact]
    public void A_server_that_does_not_know_the_claims_retention_is_not_sent_it_and_it_is_named()
    {
        var old = TestExporters.Disk with { Versions = TestExporters.Disk.Versions with { ClaimRetention = false } };

        var set = GatewayStatefulSet.Create(old, GatewayConfigMap.Create(old))!;

        Assert.Null(set["spec"]!["persistentVolumeClaimRetentionPolicy"]);
        Assert.Contains("persistentVolumeClaimRetentionPolicy", Assert.Single(ChildPlan.NotServed(old)), StringComparison.Ordinal);
        Assert.Empty(ChildPlan.NotServed(TestExporters.Disk));
    }

    [Fact]
    public void The_way_out_is_open_to_all_that_the_settings_name_and_to_nothing_else()
    {
        var inputs = TestExporters.Inputs(
            """
            {"url": "http://sentry.internal:9000", "http": {"proxyUrl": "http://proxy:3128"}, "ingest": {"urlOverride": "https://relay.internal:8443"},
             "metrics": {"forwardTo": "http://otlp:4318"}, "gateway": {"networkPolicy": {"egress": {"ports": [5000]}}}}
            """);

        var egress = GatewayNetworkPolicy.Create(inputs)!["spec"]!["egress"]!.AsArray();

        Assert.Equal([53, 53], Ports(egress[0]!));
        Assert.Equal([443, 3128, 4318, 5000, 6443, 8443, 9000], Ports(egress[1]!));

        static IEnumerable<int> Ports(JsonNode rule) => rule["ports"]!.AsArray().Select(static port => (int)port!["port"]!);
    }

    [Theory]
    [InlineData("ServiceMonitor", "endpoints")]
    [InlineData("PodMonitor", "podMetricsEndpoints")]
    public void One_monitor_is_made_and_it_is_of_the_kind_that_is_wanted(string kind, string endpoints)
    {
        var inputs = TestExporters.Inputs($$$$"""{"gateway": {"monitor": {"kind": "{{{{kind}}}}"}}}""");

        var monitor = Assert.Single(TestExporters.Manifests(inputs), static manifest => ((string)manifest["kind"]!).EndsWith("Monitor", StringComparison.Ordinal));

        Assert.Equal(kind, (string?)monitor["kind"]);
        Assert.Equal("metrics", (string?)monitor["spec"]![endpoints]![0]!["port"]);
    }
}
