namespace SentryOtel.Chart.Tests;

[Trait("Category", "Processes")]
public sealed class ValuesSchemaTests
{
    [Theory]
    [InlineData("replicacount=3", "replicacount")]
    [InlineData("image.repo=example", "repo")]
    [InlineData("image.pullPolicy=ifNotPresent", "pullPolicy")]
    [InlineData("crd.enabled=true", "crd")]
    [InlineData("crds.enabled=on", "enabled")]
    [InlineData("watchNamespaces=default", "watchNamespaces")]
    [InlineData("watchNamespaces={Team_A}", "watchNamespaces")]
    [InlineData("logLevel=verbose", "logLevel")]
    [InlineData("metrics.port=70000", "port")]
    [InlineData("metrics.enable=true", "enable")]
    [InlineData("resource.limits.memory=1Gi", "resource")]
    [InlineData("leaderElection.enabled=false", "replicaCount")]
    [InlineData("terminationGracePeriodSeconds=5", "terminationGracePeriodSeconds")]
    [InlineData("image.digest=latest", "digest")]
    public async Task A_mistyped_value_is_refused_and_named(string assignment, string named)
    {
        var answer = await Chart.TryHelmAsync("template", Chart.Release, Chart.Folder, "--set", assignment);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(named, answer.Error, StringComparison.Ordinal);
    }
}
