using System.Text.Json.Nodes;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>
/// The stand-in Sentry as a process of its own, with a clock that can be set ahead. One serves all tests of a class: each takes new projects, and
/// puts back what it changed by <see cref="StandIn.ResetAsync"/>.
/// </summary>
public sealed class SentryProcess : IAsyncLifetime
{
    /// <summary>A token that may do everything that the gateway needs.</summary>
    public const string Token = "sntryi_0123456789abcdef";

    /// <summary>What it may do.</summary>
    public const string Scopes = "org:write,project:admin,team:admin";

    /// <summary>The organisation.</summary>
    public const string Organization = "acme";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private readonly string _ingestScheme = "http";
    private readonly string _folder = Directory.CreateTempSubdirectory("sentry-faults-").FullName;
    private LocalProcess? _process;
    private StandIn? _standIn;

    /// <summary>One with plain ports.</summary>
    public SentryProcess()
        : this([])
    {
    }

    /// <summary>One with further arguments, or with <c>https</c> for ingest.</summary>
    internal SentryProcess(string[] arguments, string ingestScheme = "http") => (_arguments, _ingestScheme) = (arguments, ingestScheme);

    /// <summary>Its control plane.</summary>
    internal StandIn StandIn => _standIn ?? throw new InvalidOperationException("The stand-in Sentry has not started.");

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _process = LocalProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "sentry-server"),
            [
                "--management-url", "http://127.0.0.1:0", "--ingest-url", $"{_ingestScheme}://127.0.0.1:0", "--org", Organization, "--token", $"{Token}={Scopes}",
                "--virtual-clock", .. _arguments,
            ],
            Path.Combine(_folder, "sentry-server.log"));
        var line = await Eventually.GetAsync(FirstLineAsync, StartLimit, "the addresses of the stand-in Sentry", cancellationToken);
        var addresses = JsonNode.Parse(line)!;
        _standIn = new StandIn(new Uri((string)addresses["managementUrl"]!), new Uri((string)addresses["ingestUrl"]!), new Uri((string)addresses["controlUrl"]!));
    }

    public async ValueTask DisposeAsync()
    {
        _standIn?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts one of its own for a test.</summary>
    internal static async Task<SentryProcess> StartAsync(string[] arguments, string ingestScheme = "http")
    {
        var sentry = new SentryProcess(arguments, ingestScheme);
        try
        {
            await sentry.InitializeAsync();
            return sentry;
        }
        catch
        {
            await sentry.DisposeAsync();
            throw;
        }
    }

    // The program's first line is its addresses as JSON.
    private async Task<string?> FirstLineAsync()
    {
        Assert.False(_process!.HasExited, _process.LogTail());
        await using var file = new FileStream(_process.LogPath, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync();
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end > 0 ? text[..end] : null;
    }
}
