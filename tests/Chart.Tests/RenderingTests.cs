using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

[Trait("Category", "Processes")]
public sealed class RenderingTests
{
    private const string Modern = "1.33.0";
    private const string Old = "1.20.2";

    [Fact]
    public async Task The_chart_passes_helm_lint_strict()
    {
        var answer = await Chart.TryHelmAsync("lint", "--strict", Chart.Folder);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
    }

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
    public async Task The_operators_pod_meets_the_restricted_pod_security_standard()
    {
        var objects = await Chart.RenderAsync(Modern);

        var pod = objects[$"Deployment/{Chart.Release}"]["spec"]["template"]["spec"];
        var container = pod["containers"][0];
        Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].ToString());
        Assert.Equal("RuntimeDefault", pod["securityContext"]["seccompProfile"]["type"].ToString());
        Assert.Equal("false", container["securityContext"]["allowPrivilegeEscalation"].ToString());
        Assert.Equal("true", container["securityContext"]["readOnlyRootFilesystem"].ToString());
        Assert.Equal("[ ALL ]", container["securityContext"]["capabilities"]["drop"].ToString());
        Assert.False(Mentions(pod, "hostPath") || Mentions(pod, "hostNetwork") || Mentions(pod, "privileged"));
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

    private static bool Mentions(YamlNode node, string key) =>
        node.AllNodes.OfType<YamlMappingNode>().Any(mapping => mapping.Children.ContainsKey(new YamlScalarNode(key)));
}
