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
        Archive("test/pause"),
        Archive("test/telemetry-sender"),
        Archive("sentry-otel-operator"),
        Archive("sentry-otel-gateway"),
    ];

    private static string Version { get; } =
        ProductVersion().Match(File.ReadAllText(RepositoryFiles.PathOf("Directory.Build.props"))).Groups["version"].Value;

    private static string Archive(string name) => RepositoryFiles.PathOf($"artifacts/images/{name}.tar") is var path && File.Exists(path)
        ? path
        : throw new FileNotFoundException($"There is no image {path}: make images test-images builds it.", path);

    [GeneratedRegex("<Version>(?<version>.*)</Version>")]
    private static partial Regex ProductVersion();
}
