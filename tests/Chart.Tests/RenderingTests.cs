using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

[Trait("Category", "Processes")]
public sealed class RenderingTests
{
    private const string Modern = "1.33.0";
    private const string Old = "1.20.2";

    [Theory]
    [InlineData(Modern, true)]
    [InlineData(Old, false)]
    public async Task Definitions_carry_CEL_rules_only_for_servers_that_know_them(string kubeVersion, bool rules)
    {
        var objects = await Chart.RenderAsync(kubeVersion);

        var definitions = objects.Where(entry => entry.Key.StartsWith("CustomResourceDefinition/", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, definitions.Count);
        Assert.All(definitions, definition => Assert.Equal(rules, Mentions(definition.Value, "x-kubernetes-validations")));
    }

    [Fact]
    public async Task Definitions_are_kept_on_uninstall_unless_told_otherwise()
    {
        var kept = await Chart.RenderAsync(Modern);
        var dropped = await Chart.RenderAsync(Modern, "crds.keep=false");

        Assert.Equal("keep", kept["CustomResourceDefinition/sentryexporters.sentry-otel.dev"]["metadata"]["annotations"]["helm.sh/resource-policy"].ToString());
        Assert.False(Mentions(dropped["CustomResourceDefinition/sentryexporters.sentry-otel.dev"], "helm.sh/resource-policy"));
    }

    [Fact]
    public async Task Watch_namespaces_turn_the_cluster_role_into_a_role_in_each_of_them()
    {
        var objects = await Chart.RenderAsync(Modern, "watchNamespaces={team-a,team-b}", "rbac.aggregateClusterRoles=false");

        Assert.DoesNotContain(objects.Keys, key => key.StartsWith("ClusterRole", StringComparison.Ordinal));
        foreach (var team in new[] { "team-a", "team-b" })
        {
            Assert.Contains($"Role/{team}/{Chart.Release}", objects.Keys);
            Assert.Contains($"RoleBinding/{team}/{Chart.Release}", objects.Keys);
        }
    }

    [Theory]
    [InlineData(true, "get,watch")]
    [InlineData(false, "get")]
    public async Task Secrets_are_never_listed_and_watched_only_where_that_is_wanted(bool watch, string verbs)
    {
        var objects = await Chart.RenderAsync(Modern, $"secrets.watch={(watch ? "true" : "false")}");

        var rules = (YamlSequenceNode)objects[$"ClusterRole/{Chart.Release}"]["rules"];
        var rule = Assert.Single(rules.Children, rule => ((YamlSequenceNode)rule["resources"]).Children.Any(resource => resource.ToString() == "secrets"));
        Assert.Equal(verbs, string.Join(',', ((YamlSequenceNode)rule["verbs"]).Children));
        var arguments = (YamlSequenceNode)objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"]["containers"][0]["args"];
        Assert.Equal(watch, !arguments.Children.Any(argument => argument.ToString() == "--watch-secrets=false"));
    }

    [Fact]
    public async Task The_selector_holds_nothing_but_name_and_instance()
    {
        var objects = await Chart.RenderAsync(Modern, "commonLabels.team=platform", "podLabels.tier=control");

        var selector = (YamlMappingNode)objects[$"Deployment/{Chart.Release}"]["spec"]["selector"]["matchLabels"];
        Assert.Equal(["app.kubernetes.io/instance", "app.kubernetes.io/name"], selector.Children.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "ghcr.io/sentry-otel/sentry-otel-operator:{0}")]
    [InlineData("image.registry=mirror.example.com", "mirror.example.com/sentry-otel/sentry-otel-operator:{0}")]
    [InlineData("global.imageRegistry=mirror.example.com/hub/", "mirror.example.com/hub/sentry-otel/sentry-otel-operator:{0}")]
    [InlineData("image.repository=registry.example.com:5000/operator", "registry.example.com:5000/operator:{0}")]
    [InlineData("image.repository=localhost/operator", "localhost/operator:{0}")]
    [InlineData("image.registry=", "sentry-otel/sentry-otel-operator:{0}")]
    [InlineData("image.tag=nightly", "ghcr.io/sentry-otel/sentry-otel-operator:nightly")]
    public async Task The_image_is_named_by_registry_repository_and_tag(string value, string image)
    {
        var objects = await Chart.RenderAsync(Modern, value.Length == 0 ? [] : [value]);

        var version = YamlFile.Read(Path.Combine(Chart.Folder, "Chart.yaml"))["appVersion"];
        Assert.Equal(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, image, version),
            objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"]["containers"][0]["image"].ToString());
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("enabled", @"deploymentAnnotations.sentry-otel\.dev/discovery=enabled")]
    public async Task The_operator_is_no_service_of_its_own_discovery_unless_a_person_wants_that(string expected, params string[] values)
    {
        var objects = await Chart.RenderAsync(Modern, values);

        Assert.Equal(expected, objects[$"Deployment/{Chart.Release}"]["metadata"]["annotations"]["sentry-otel.dev/discovery"].ToString());
    }

    [Fact]
    public async Task A_digest_wins_over_the_tag_for_gateways_too()
    {
        var digest = $"sha256:{new string('a', 64)}";

        var objects = await Chart.RenderAsync(Modern, $"image.digest={digest}", $"gateway.image.digest={digest}", "gateway.image.tag=nightly", "gateway.image.pullPolicy=Always");

        var container = objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"]["containers"][0];
        Assert.Equal($"ghcr.io/sentry-otel/sentry-otel-operator@{digest}", container["image"].ToString());
        var arguments = ((YamlSequenceNode)container["args"]).Select(static argument => argument.ToString());
        Assert.Contains($"--gateway-image=ghcr.io/sentry-otel/sentry-otel-gateway@{digest}", arguments);
        Assert.Contains("--gateway-image-pull-policy=Always", arguments);
    }

    [Theory]
    [InlineData("", "maxUnavailable", "1")]
    [InlineData("podDisruptionBudget.maxUnavailable=0", "maxUnavailable", "0")]
    [InlineData("podDisruptionBudget.minAvailable=50%", "minAvailable", "50%")]
    public async Task A_disruption_budget_has_one_of_its_two_bounds(string value, string bound, string amount)
    {
        var objects = await Chart.RenderAsync(Modern, ["podDisruptionBudget.enabled=true", .. value.Length == 0 ? Array.Empty<string>() : [value]]);

        var spec = (YamlMappingNode)objects[$"PodDisruptionBudget/{Chart.Release}"]["spec"];
        Assert.Equal(amount, spec[bound].ToString());
        Assert.Equal(2, spec.Children.Count);
    }

    [Fact]
    public async Task A_spread_constraint_without_selector_is_of_the_operators_pods()
    {
        var objects = await Chart.RenderFileAsync("high-availability-values.yaml");

        var spec = objects[$"Deployment/{Chart.Release}"]["spec"];
        Assert.All((YamlSequenceNode)spec["template"]["spec"]["topologySpreadConstraints"], constraint => Assert.True(JsonNode.DeepEquals(Chart.ToJson(spec["selector"]), Chart.ToJson(constraint["labelSelector"])), $"{constraint}"));
    }

    [Fact]
    public async Task A_spread_constraint_with_a_selector_keeps_it_as_it_is()
    {
        var objects = await Chart.RenderAsync(
            Modern, "topologySpreadConstraints[0].maxSkew=1", "topologySpreadConstraints[0].topologyKey=zone", "topologySpreadConstraints[0].whenUnsatisfiable=ScheduleAnyway", "topologySpreadConstraints[0].labelSelector.matchLabels.tier=control");

        var constraint = objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"]["topologySpreadConstraints"][0];
        Assert.Equal("""{"matchLabels":{"tier":"control"}}""", Chart.ToJson(constraint["labelSelector"])!.ToJsonString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData(null)]
    public async Task As_many_old_ReplicaSets_are_kept_as_wanted(string? wanted)
    {
        var objects = await Chart.RenderAsync(Modern, wanted is null ? [] : [$"revisionHistoryLimit={wanted}"]);

        var spec = (YamlMappingNode)objects[$"Deployment/{Chart.Release}"]["spec"];
        Assert.Equal(wanted, spec.Children.TryGetValue("revisionHistoryLimit", out var limit) ? limit.ToString() : null);
    }

    [Theory]
    [InlineData("full-values.yaml", true)]
    [InlineData("namespaced-values.yaml", false)]
    public async Task Common_labels_are_on_every_object(string file, bool hasDefinitions)
    {
        var objects = await Chart.RenderFileAsync(file, "--set", "commonLabels.owner=us$1");

        // What is in extraObjects is the user's.
        var unlabelled = objects.Where(static entry => !entry.Key.EndsWith("-extra", StringComparison.Ordinal) && !entry.Key.EndsWith("-text", StringComparison.Ordinal))
            .Where(static entry => Chart.ToJson(entry.Value["metadata"])!["labels"]?["owner"]?.ToString() != "us$1").Select(static entry => entry.Key);
        Assert.Empty(unlabelled);
        Assert.Equal(hasDefinitions, objects.ContainsKey("CustomResourceDefinition/sentryexporters.sentry-otel.dev"));
    }

    [Fact]
    public async Task The_network_policy_opens_what_the_operator_needs()
    {
        var objects = await Chart.RenderAsync(Modern, "networkPolicy.enabled=true", "metrics.port=9090");

        var policy = Chart.ToJson(objects[$"NetworkPolicy/{Chart.Release}"])!["spec"]!;
        Assert.Equal([8081, 9090], Ports(policy["ingress"]!));
        Assert.Equal([53, 443, 6443, 8888], Ports(policy["egress"]!));

        static IEnumerable<int> Ports(System.Text.Json.Nodes.JsonNode rules) =>
            rules.AsArray().SelectMany(static rule => rule!["ports"]!.AsArray()).Select(static port => (int)port!["port"]!).Distinct().Order();
    }

    [Fact]
    public async Task The_pod_of_helm_test_is_no_endpoint_of_the_operators_Service_and_its_flags_are_the_operators()
    {
        var objects = await Chart.RenderAsync(Modern, "watchNamespaces={team-a}", "secrets.watch=false", "rbac.aggregateClusterRoles=false");

        var test = objects[$"Pod/{Chart.Release}-test"];
        Assert.Equal("test", test["metadata"]["annotations"]["helm.sh/hook"].ToString());
        var selector = (YamlMappingNode)objects[$"Service/{Chart.Release}-metrics"]["spec"]["selector"];
        Assert.NotEqual(selector["app.kubernetes.io/name"], test["metadata"]["labels"]["app.kubernetes.io/name"]);
        var asked = ((YamlSequenceNode)test["spec"]["containers"][0]["args"]).Select(static argument => argument.ToString()).ToList();
        Assert.Equal("check", asked[0]);
        Assert.Equal($"--operator-url=http://{Chart.Release}-metrics:8081", asked[^1]);
        var flags = ((YamlSequenceNode)objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"]["containers"][0]["args"]).Select(static argument => argument.ToString());
        Assert.Empty(asked[1..^1].Except(flags));
        Assert.Equal(4, asked[1..^1].Count);
    }

    [Fact]
    public async Task Further_objects_are_templates()
    {
        var objects = await Chart.RenderFileAsync("full-values.yaml");

        Assert.Equal(Chart.Release, objects["ConfigMap/sentry-otel-full-extra"]["data"]["release"].ToString());
        Assert.Contains($"ConfigMap/{Chart.Release}-text", objects.Keys);
    }

    [Fact]
    public async Task People_who_may_edit_or_view_get_no_right_on_what_the_operator_writes()
    {
        var objects = await Chart.RenderAsync(Modern);

        foreach (var (role, verbs) in new[] { ("view", "get,list,watch"), ("edit", "create,delete,deletecollection,get,list,patch,update,watch") })
        {
            var aggregated = objects[$"ClusterRole/{Chart.Release}-{role}"];
            var rule = Assert.Single((YamlSequenceNode)aggregated["rules"]);
            Assert.Equal(["sentryexporters", "sentryprojectroutes"], ((YamlSequenceNode)rule["resources"]).Select(static resource => resource.ToString()));
            Assert.Equal(verbs, string.Join(',', ((YamlSequenceNode)rule["verbs"]).Select(static verb => verb.ToString()).Order(StringComparer.Ordinal)));
            Assert.Equal(
                role == "view" ? ["admin", "edit", "view"] : ["admin", "edit"],
                ((YamlMappingNode)aggregated["metadata"]["labels"]).Children.Keys.Select(static key => key.ToString())
                    .Where(static key => key.Contains("aggregate-to-", StringComparison.Ordinal)).Select(static key => key[(key.LastIndexOf('-') + 1)..]).Order(StringComparer.Ordinal));
        }
    }

    private static bool Mentions(YamlNode node, string key) =>
        node.AllNodes.OfType<YamlMappingNode>().Any(mapping => mapping.Children.ContainsKey(new YamlScalarNode(key)));
}
