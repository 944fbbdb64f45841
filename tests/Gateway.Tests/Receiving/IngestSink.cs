using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>Takes what a gateway sends to Sentry's ingest, byte for byte, and reads it as Relay does: one member of gzip and no more.</summary>
internal sealed class IngestSink : IAsyncDisposable
{
    private const int GzipHeader = 10;
    private const int GzipTrailer = 8;

    private readonly WebApplication _server;
    private int _tooLarge;

    private IngestSink(WebApplication server) => _server = server;

    /// <summary>Requests that were taken, in order: for which project, the body as it came, and what was in it.</summary>
    public ConcurrentQueue<(string Project, byte[] Body, byte[] Request)> Taken { get; } = new();

    /// <summary>Bodies above this, decompressed, are answered 413.</summary>
    public int MaxBytes { get; set; } = int.MaxValue;

    /// <summary>Requests that were answered 413.</summary>
    public int TooLarge => Volatile.Read(ref _tooLarge);

    public static async Task<IngestSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var sink = new IngestSink(server);
        server.Run(sink.TakeAsync);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    /// <summary>The DSN of a project.</summary>
    public string Dsn(int project)
    {
        var address = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return $"http://0123456789abcdef0123456789abcdef@127.0.0.1:{address.Port}/{project}";
    }

    /// <summary>Every span that a project received, by name.</summary>
    public IReadOnlyList<Span> Spans(int project) =>
        [.. Taken.Where(taken => taken.Project == $"{project}").SelectMany(taken => SpansOf(taken.Request)).OrderBy(span => span.Name, StringComparer.Ordinal)];

    public static IEnumerable<Span> SpansOf(byte[] request) =>
        ExportTraceServiceRequest.Parser.ParseFrom(request).ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var stream = new MemoryStream();
        await context.Request.Body.CopyToAsync(stream, context.RequestAborted);
        var body = stream.ToArray();
        var request = context.Request.Headers.ContentEncoding == "gzip" ? Decompress(body) : body;
        if (request.Length > MaxBytes)
        {
            Interlocked.Increment(ref _tooLarge);
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        Taken.Enqueue((context.Request.Path.Value!.Split('/')[2], body, request));
    }

    // The checksum is checked by the gzip decoder, and that there is one member by the deflate decoder, which stops at its end.
    private static byte[] Decompress(byte[] body)
    {
        var whole = ReadAll(new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
        var first = ReadAll(new DeflateStream(new MemoryStream(body, GzipHeader, body.Length - GzipHeader - GzipTrailer), CompressionMode.Decompress));
        return whole.AsSpan().SequenceEqual(first) ? whole : throw new InvalidDataException("More than one member.");
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var bytes = new MemoryStream();
        using (stream)
        {
            stream.CopyTo(bytes);
        }

        return bytes.ToArray();
    }
}
