using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>The images that <c>make images test-images</c> left: archives, and the names by which pods ask for them.</summary>
internal static partial class Images
{
    private const string Registry = "ghcr.io/sentry-otel";

    public static string Pause => $"{Registry}/pause:{Version}";

    public static string Sender(string? registry) => $"{registry ?? Registry}/telemetry-sender:{Version}";

    /// <summary>The archives that a node without a registry needs.</summary>
    public static IReadOnlyList<string> Archives =>
    [
        RepositoryFiles.PathOf("artifacts/images/test/pause.tar"),
        RepositoryFiles.PathOf("artifacts/images/test/telemetry-sender.tar"),
        RepositoryFiles.PathOf("artifacts/images/sentry-otel-operator.tar"),
        RepositoryFiles.PathOf("artifacts/images/sentry-otel-gateway.tar"),
    ];

    private static string Version { get; } =
        VersionPrefix().Match(File.ReadAllText(RepositoryFiles.PathOf("Directory.Build.props"))).Groups["version"].Value;

    [GeneratedRegex("<VersionPrefix>(?<version>.*)</VersionPrefix>")]
    private static partial Regex VersionPrefix();
}
