using System.Text.Json.Nodes;

namespace SentryOtel.Chart.Tests;

[Trait("Category", "Processes")]
public sealed class ValuesSchemaTests
{
    [Theory]
    [InlineData("replicacount=3", "at '': additional properties 'replicacount' not allowed")]
    [InlineData("replicas=3", "at '': additional properties 'replicas' not allowed")]
    [InlineData("image.repo=example", "at '/image': additional properties 'repo' not allowed")]
    [InlineData("image.pullPolicy=ifNotPresent", "at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'")]
    [InlineData("gateway.replicas=2", "at '/gateway': additional properties 'replicas' not allowed")]
    [InlineData("crd.enabled=true", "at '': additional properties 'crd' not allowed")]
    [InlineData("crds.enabled=on", "at '/crds/enabled': got string, want boolean")]
    [InlineData("watchNamespaces=default", "at '/watchNamespaces': got string, want array")]
    [InlineData("watchNamespaces={Team_A}", "at '/watchNamespaces/0': 'Team_A' does not match pattern")]
    [InlineData("logLevel=verbose", "at '/logLevel': value must be one of")]
    [InlineData("metrics.port=70000", "at '/metrics/port': maximum: got 70,000, want 65,535")]
    [InlineData("metrics.enable=true", "at '/metrics': additional properties 'enable' not allowed")]
    [InlineData("metrics.serviceMonitor.enable=true", "at '/metrics/serviceMonitor': additional properties 'enable' not allowed")]
    [InlineData("serviceMonitor.enabled=true", "at '': additional properties 'serviceMonitor' not allowed")]
    [InlineData("resource.limits.memory=1Gi", "at '': additional properties 'resource' not allowed")]
    [InlineData("leaderElection.enabled=false", "at '/replicaCount': maximum: got 2, want 1")]
    [InlineData("leaderElection.leaseDuration=15", "at '/leaderElection/leaseDuration': got number, want string")]
    [InlineData("terminationGracePeriodSeconds=5", "at '/terminationGracePeriodSeconds': minimum: got 5, want 31")]
    [InlineData("image.digest=latest", "at '/image/digest': 'latest' does not match pattern")]
    [InlineData("podDisruptionBudget.enable=true", "at '/podDisruptionBudget': additional properties 'enable' not allowed")]
    [InlineData("podDisruptionBudget.minAvailable=1,podDisruptionBudget.maxUnavailable=1", "at '/podDisruptionBudget/maxUnavailable'")]
    [InlineData("networkPolicy.egress.ports=443", "at '/networkPolicy/egress': got object, want array")]
    public async Task A_mistyped_value_is_refused_with_its_place_and_what_is_wrong(string assignment, string said)
    {
        var refusal = await Chart.RefusalAsync("--set", assignment);

        Assert.Contains(said, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_other_charts_in_global_are_let_through()
    {
        Assert.NotEmpty(await Chart.RenderAsync("1.33.0", "global.storageClass=fast"));
    }

    [Fact]
    public void Every_value_has_a_schema_and_every_schema_a_value()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")))!;
        var values = Chart.ToJson(YamlFile.Read(Path.Combine(Chart.Folder, "values.yaml")))!;

        Assert.Empty(Differences("", schema.AsObject(), values));
        Assert.Equal("http://json-schema.org/draft-07/schema#", (string?)schema["$schema"]);
    }

    private static IEnumerable<string> Differences(string path, JsonObject schema, JsonNode values)
    {
        if (schema["properties"] is not JsonObject properties || values is not JsonObject map)
        {
            return [];
        }

        var optional = path.EndsWith("Probe", StringComparison.Ordinal) ? (string[])["successThreshold"] : path is "/strategy" or "/resources" ? properties.Select(static pair => pair.Key) : [];
        return properties.Select(static pair => pair.Key).Except(map.Select(static pair => pair.Key)).Except(optional).Select(name => $"{path}/{name} has no value")
            .Concat(map.Select(static pair => pair.Key).Except(properties.Select(static pair => pair.Key)).Select(name => $"{path}/{name} has no schema"))
            .Concat(map.Where(pair => properties.ContainsKey(pair.Key) && pair.Value is not null).SelectMany(pair => Differences($"{path}/{pair.Key}", properties[pair.Key]!.AsObject(), pair.Value!)));
    }
}
