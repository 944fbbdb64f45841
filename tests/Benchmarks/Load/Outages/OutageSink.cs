using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>What the sink does with requests.</summary>
internal enum SinkMode
{
    /// <summary>Takes them.</summary>
    Takes,

    /// <summary>Reads them and answers 503.</summary>
    Answers503,

    /// <summary>Accepts them and never answers, also not when the outage is over.</summary>
    Hangs,
}

/// <summary>A Sentry that can be away. Counts the spans of what it takes by itself, so that the gateway's books are checked by somebody else's.</summary>
internal sealed class OutageSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile SinkMode _mode;
    private long _taken;

    private OutageSink()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Changes what happens to requests from now on.</summary>
    public SinkMode Mode
    {
        get => _mode;
        set => _mode = value;
    }

    /// <summary>Spans in requests that were answered with success.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<OutageSink> StartAsync()
    {
        var sink = new OutageSink();
        await sink._app.StartAsync();
        return sink;
    }

    public async ValueTask DisposeAsync()
    {
        // What hangs does not end by being asked to.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        switch (_mode)
        {
            case SinkMode.Hangs:
                var gone = new TaskCompletionSource();
                await using (context.RequestAborted.Register(gone.SetResult))
                {
                    await gone.Task;
                }

                break;
            case SinkMode.Answers503:
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            default:
                using (var plain = new MemoryStream())
                {
                    await using (var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body)
                    {
                        await body.CopyToAsync(plain, context.RequestAborted);
                    }

                    Interlocked.Add(ref _taken, new RequestSlicer("service.name").Slice(OtlpSignal.Traces, plain.ToArray(), []).Items);
                }

                context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
        }
    }
}
