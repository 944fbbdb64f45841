using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>
/// Answers every request with the headers that came with it, as a badly made proxy does: as Sentry's API, as an OTLP server, or as text. The first part of the path says how:
/// a status, <c>reset</c> or <c>hang</c>.
/// </summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EchoServer(WebApplication application)
    {
        _application = application;
    }

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Paths { get; } = new();

    public string Authority => new Uri(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Authority;

    public static async Task<EchoServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new EchoServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Paths.Enqueue(path);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var how = path.Split('/')[1];
        if (how == "reset")
        {
            context.Abort();
            return;
        }

        if (how == "hang")
        {
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }

        context.Response.StatusCode = int.Parse(how, CultureInfo.InvariantCulture);
        var headers = string.Join("; ", context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        if (path.Contains("/api/0/", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string> { ["detail"] = headers }), context.RequestAborted);
        }
        else if (how == "200" && path.EndsWith("/v1/metrics", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/x-protobuf";
            var answer = new ExportMetricsServiceResponse { PartialSuccess = new ExportMetricsPartialSuccess { RejectedDataPoints = 1, ErrorMessage = headers } };
            await context.Response.Body.WriteAsync(answer.ToByteArray(), context.RequestAborted);
        }
        else
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(headers, context.RequestAborted);
        }
    }
}
