using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using SentryOtel.Testing;

namespace SentryOtel.Clients.JavaScript;

/// <summary>How a service that is instrumented with OpenTelemetry JS sends.</summary>
internal sealed record NodeOptions
{
    /// <summary>grpc, proto or json: each is an npm package of its own.</summary>
    public required string Form { get; init; }

    public required Uri Endpoint { get; init; }

    /// <summary><c>service.name</c>; null for none.</summary>
    public required string? Service { get; init; }

    public int Spans { get; init; } = 250;

    public int Logs { get; init; } = 150;

    /// <summary>Items of one hand-over.</summary>
    public int Batch { get; init; } = 100;

    public bool Gzip { get; init; } = true;

    public int TimeoutMillis { get; init; } = 60_000;
}

/// <summary>A run of <c>js/service.js</c>: a process with the SDK as npm has it, from the cache that <c>build/install-prerequisites</c> fills.</summary>
internal static class NodeService
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<NodeReport> RunAsync(NodeOptions options)
    {
        var start = new ProcessStartInfo("node", [RepositoryFiles.PathOf("tests/Clients/js/service.js"), JsonSerializer.Serialize(options, Json)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = NodeModules.Folder();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, error);
            return JsonSerializer.Deserialize<NodeReport>(await output, Json)!;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}

/// <summary>What the service made and what became of it.</summary>
internal sealed record NodeReport(NodeMade Made, IReadOnlyList<HandedOver> HandedOver, IReadOnlyList<string> Diagnostics)
{
    [JsonIgnore]
    public IEnumerable<string> SpanIds => Made.Spans.Select(span => $"{span.TraceId}/{span.SpanId}");
}

/// <summary>What the service made.</summary>
internal sealed record NodeMade(IReadOnlyList<NodeSpan> Spans, IReadOnlyList<string> Logs);

/// <summary>A span's ids, hex.</summary>
internal sealed record NodeSpan(string TraceId, string SpanId);

/// <summary>The result that the exporter told the SDK, after its own retries.</summary>
internal sealed record HandedOver(string Signal, int Items, bool Ok, string? Error);
