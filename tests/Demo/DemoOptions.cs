namespace SentryOtel.Demo;

/// <summary>What to demonstrate, and against what.</summary>
/// <param name="Once">End after the check instead of staying up.</param>
/// <param name="CurrentCluster">Use the current kubeconfig context instead of a control plane of our own.</param>
/// <param name="Namespace">Where the sample goes.</param>
/// <param name="ProgramsFolder">Where <c>make build</c> left the programs.</param>
/// <param name="Sentry">A real Sentry; null for the stand-in.</param>
internal sealed record DemoOptions(bool Once, bool CurrentCluster, string Namespace, string ProgramsFolder, RealSentry? Sentry);

/// <summary>A real Sentry organisation.</summary>
/// <param name="Url">Base address, such as <c>https://sentry.io</c>.</param>
/// <param name="Organization">The organisation's slug.</param>
/// <param name="Token">A token of an internal integration.</param>
internal sealed record RealSentry(Uri Url, string Organization, string Token)
{
    /// <summary>Reads <c>SENTRY_URL</c>, <c>SENTRY_ORG</c> and <c>SENTRY_AUTH_TOKEN</c>; null when none is set.</summary>
    /// <exception cref="InvalidOperationException">Some are set and others are not, or the address is none.</exception>
    public static RealSentry? FromEnvironment(Func<string, string?> variable)
    {
        string[] names = ["SENTRY_URL", "SENTRY_ORG", "SENTRY_AUTH_TOKEN"];
        var values = names.Select(name => variable(name) is { Length: > 0 } value ? value : null).ToArray();
        if (values.All(value => value is null))
        {
            return null;
        }

        var missing = names.Where((_, index) => values[index] is null).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join(" and ", missing)} must be set too, for a real Sentry.");
        }

        return Uri.TryCreate(values[0], UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? new RealSentry(url, values[1]!, values[2]!)
            : throw new InvalidOperationException("SENTRY_URL must be an http or https address.");
    }

    public override string ToString() => $"{Organization} at {Url}";
}
