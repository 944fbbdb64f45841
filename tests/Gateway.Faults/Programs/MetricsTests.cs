using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Metrics.V1;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and metrics, for which Sentry has no OTLP route.</summary>
public sealed class MetricsTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const int Points = 7;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_without_a_destination_are_refused_with_a_sentence_that_says_what_to_do()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "orders");

        var answer = await SendAsync(world, Request());

        Assert.Equal(Points, answer.PartialSuccess.RejectedDataPoints);
        Assert.Contains("forward_to", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_with_a_destination_arrive_there_as_they_came_after_it_failed_at_first()
    {
        var received = new ConcurrentQueue<byte[]>();
        var failures = 2;
        await using var destination = await StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, Cancelled);
            if (Interlocked.Decrement(ref failures) >= 0)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            received.Enqueue(body.ToArray());
        });
        var settings = new GatewaySettings { Metrics = true, Exporter = [$"metrics: {{forward_to: {{endpoint: \"{AddressOf(destination)}\", compression: none}} }}"] };
        await using var world = await FaultWorld.WithProgramAsync(sentry, settings, "orders");
        var request = Request();

        var answer = await SendAsync(world, request);

        Assert.Null(answer.PartialSuccess);
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_sent_total", ("signal", "metrics")) == Points, "the data points");
        Assert.Equal(request.ToByteArray(), Assert.Single(received));
        Assert.True((await world.BooksAsync()).IsBalanced);
    }

    private static ExportMetricsServiceRequest Request()
    {
        var gauge = new Gauge();
        gauge.DataPoints.AddRange(Enumerable.Range(0, Points).Select(i => new NumberDataPoint { AsInt = i, TimeUnixNano = 1_700_000_000_000_000_000 }));
        var scope = new ScopeMetrics();
        scope.Metrics.Add(new Metric { Name = "queue.length", Gauge = gauge });
        var resource = new ResourceMetrics();
        resource.ScopeMetrics.Add(scope);
        var request = new ExportMetricsServiceRequest();
        request.ResourceMetrics.Add(resource);
        return request;
    }

    private static async Task<ExportMetricsServiceResponse> SendAsync(FaultWorld world, ExportMetricsServiceRequest request)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri(world.Gateway.Http, "v1/metrics"), content, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return ExportMetricsServiceResponse.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/v1/metrics", handler);
        await app.StartAsync(Cancelled);
        return app;
    }

    private static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
