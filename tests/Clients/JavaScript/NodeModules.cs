using System.Security.Cryptography;
using SentryOtel.Testing;

namespace SentryOtel.Clients.JavaScript;

/// <summary>OpenTelemetry JS as npm has it, in the cache that <c>build/install-prerequisites</c> fills.</summary>
internal static class NodeModules
{
    /// <summary>The folder of the packages.</summary>
    public static string Folder()
    {
        // As build/common.sh has it; the folder's name follows from the lock file.
        var root = Environment.GetEnvironmentVariable("SENTRY_OTEL_CACHE")
            ?? Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "sentry-otel-operator");
        var digest = SHA256.HashData(File.ReadAllBytes(RepositoryFiles.PathOf("tests/Clients/js/package-lock.json")));
        var folder = Path.Combine(root, $"opentelemetry-js-{Convert.ToHexStringLower(digest)[..12]}", "node_modules");
        Assert.True(Directory.Exists(folder), $"{folder} is missing: run build/install-prerequisites");
        return folder;
    }
}
