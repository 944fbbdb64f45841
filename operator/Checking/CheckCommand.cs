using System.CommandLine;
using SentryOtel.Operator.Hosting;

namespace SentryOtel.Operator.Checking;

/// <summary>Looks whether an installation is right, and says so line by line.</summary>
internal delegate Task<int> CheckRun(CheckArguments arguments, TextWriter output, CancellationToken cancellationToken);

/// <summary>
/// The command <c>check</c>: for the chart's <c>helm test</c>, whose pod has this program and no shell. It is given the operator's own flags, and runs as the operator's account.
/// Exit codes: 0 when all is right, 1 when something is wrong, 2 for a command line that makes no sense.
/// </summary>
internal static class CheckCommand
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(1);

    public static Command Create(
        Option<string?> kubeconfig, Option<string[]> watchNamespaces, Option<bool> leaderElect, Option<string?> leaderElectionNamespace, Option<bool> watchSecrets, CheckRun run)
    {
        var operatorUrl = new Option<Uri?>("--operator-url")
        {
            Description = "Where the operator's probes are served, such as http://sentry-otel-operator-metrics:8081; without it they are not asked.",
            CustomParser = static result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                {
                    return address;
                }

                result.AddError($"{result.Tokens[0].Value} is no address such as http://sentry-otel-operator-metrics:8081.");
                return null;
            },
        };
        var within = OperatorCommand.Duration("--within", "How long is waited for what may still be on its way: the definitions, and a ready operator.", Within);
        var command = new Command("check", "Looks whether the operator's installation is right: definitions served, rights granted, an operator ready.")
        {
            kubeconfig, watchNamespaces, leaderElect, leaderElectionNamespace, watchSecrets, operatorUrl, within,
        };
        command.SetAction((parsed, cancellationToken) => run(
            new CheckArguments
            {
                Kubeconfig = parsed.GetValue(kubeconfig),
                WatchNamespaces = OperatorCommand.Namespaces(parsed.GetValue(watchNamespaces)),
                LeaderElect = parsed.GetValue(leaderElect),
                LeaderElectionNamespace = parsed.GetValue(leaderElectionNamespace),
                WatchSecrets = parsed.GetValue(watchSecrets),
                OperatorUrl = parsed.GetValue(operatorUrl),
                Within = parsed.GetValue(within),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }
}

/// <summary>What <c>check</c> is told.</summary>
internal sealed record CheckArguments
{
    /// <summary>Path of a kubeconfig; null for the pod's own account, or <c>KUBECONFIG</c>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Namespaces that the operator works in; empty for all.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Whether it needs a Lease.</summary>
    public bool LeaderElect { get; init; } = true;

    /// <summary>Namespace of the Lease; null for the pod's own.</summary>
    public string? LeaderElectionNamespace { get; init; }

    /// <summary>Whether it watches Secrets.</summary>
    public bool WatchSecrets { get; init; } = true;

    /// <summary>Where its probes are served; null to ask none.</summary>
    public Uri? OperatorUrl { get; init; }

    /// <summary>How long is waited for what may still be on its way.</summary>
    public TimeSpan Within { get; init; }
}
