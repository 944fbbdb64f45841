using SentryOtel.Cluster;

namespace SentryOtel.Crds.Tests;

internal static class ToolExtensions
{
    /// <summary>Installs the committed definitions and waits until they are served.</summary>
    public static async Task InstallDefinitionsAsync(this ClusterTools tools, bool rules)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        string[] files = [.. DefinitionFiles.InChart(rules).SelectMany(path => (string[])["-f", path])];
        await tools.KubectlAsync(["create", "--validate=false", .. files], null, cancellationToken);
        await tools.KubectlAsync(["wait", "--for=condition=Established", "--timeout=60s", .. files], null, cancellationToken);
    }
}
