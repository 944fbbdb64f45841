using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Rbac;

/// <summary>What the programs may do.</summary>
internal static class Grants
{
    private const string Release = "sentry-otel-operator";

    /// <summary>The gateway's Role. That the operator writes this one is shown by the test of golden manifests.</summary>
    public static IReadOnlyList<Grant> OfGateway() =>
        Grant.Read(File.ReadAllText(RepositoryFiles.PathOf("tests/Operator.Tests/Manifests/Expected/full.yaml")));

    /// <summary>The operator's roles as helm renders them.</summary>
    public static async Task<IReadOnlyList<Grant>> OfOperatorAsync(params string[] settings)
    {
        string[] arguments =
        [
            "template", Release, RepositoryFiles.PathOf($"charts/{Release}"), "--namespace", "sentry-system",
            "--show-only", "templates/clusterrole.yaml", "--show-only", "templates/leader-election-rbac.yaml", .. settings,
        ];
        var rendered = await CommandResult.RunAsync(ClusterPrograms.Helm, arguments, cancellationToken: TestContext.Current.CancellationToken);
        return Grant.Read(rendered.Succeeded("helm template"));
    }
}
