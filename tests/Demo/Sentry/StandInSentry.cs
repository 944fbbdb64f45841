using System.Text.Json.Nodes;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Demo.Sentry;

/// <summary>The stand-in Sentry, running as a process of its own.</summary>
internal sealed class StandInSentry : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly LocalProcess _process;
    private readonly HttpClient _http = new();

    private StandInSentry(LocalProcess process, Uri managementUrl, Uri page)
    {
        _process = process;
        ManagementUrl = managementUrl;
        Page = page;
    }

    /// <summary>Base of the management API: what a SentryExporter has as <c>url</c>.</summary>
    public Uri ManagementUrl { get; }

    /// <summary>The live page, and the root of <c>/_stand-in/</c>.</summary>
    public Uri Page { get; }

    /// <summary>Starts it on free ports with one organisation and one token.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not answer in time.</exception>
    public static async Task<StandInSentry> StartAsync(string program, string organization, string token, string logPath, CancellationToken cancellationToken)
    {
        var process = LocalProcess.Start(
            program,
            ["--management-url", "http://127.0.0.1:0", "--ingest-url", "http://127.0.0.1:0", "--org", organization, "--token", token],
            logPath);
        try
        {
            var line = await FirstLineAsync(process, cancellationToken);
            var addresses = JsonNode.Parse(line)!;
            return new StandInSentry(process, new Uri((string)addresses["managementUrl"]!), new Uri((string)addresses["controlUrl"]!));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What each project has received so far.</summary>
    public async Task<IReadOnlyList<ProjectReceipt>> ReceivedAsync(CancellationToken cancellationToken)
    {
        var answer = JsonNode.Parse(await _http.GetStringAsync(new Uri(Page, "_stand-in/received"), cancellationToken))!;
        return
        [
            .. answer["projects"]!.AsArray().Select(project => new ProjectReceipt(
                (string)project!["slug"]!,
                [.. project["spans"]!.AsArray().Select(span => (string)span!["spanId"]!)],
                [.. project["logs"]!.AsArray().Select(log => (string)log!["body"]!)])),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    // The program's first line is its addresses as JSON.
    private static async Task<string> FirstLineAsync(LocalProcess process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The stand-in Sentry ended at once:\n{process.LogTail()}");
            }

            var text = await ReadAsync(process.LogPath, limit.Token);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end > 0)
            {
                return text[..end];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
