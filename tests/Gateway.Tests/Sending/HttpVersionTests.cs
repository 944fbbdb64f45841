using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Batching;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Sending;

/// <summary>sentry.io agrees on HTTP/2 in TLS; what stands in front of a self-hosted Sentry often speaks HTTP/1.1 only.</summary>
public sealed class HttpVersionTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, true, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, true, "HTTP/1.1")]
    [InlineData(HttpProtocols.Http1, false, "HTTP/1.1")]
    public async Task A_batch_goes_out_in_the_newest_version_that_the_server_speaks(HttpProtocols spoken, bool tls, string expected)
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await ServeAsync(spoken, tls, seen);
        using var handler = new SentryHttpOptions { InsecureSkipVerify = true }.CreateHandler();
        using var http = new HttpMessageInvoker(handler);
        var limits = new RateLimitStore(TimeProvider.System);
        var sender = new OtlpSender(http, new Dictionary<string, Secret>(), TimeSpan.FromSeconds(30), limits, TimeProvider.System, "1.0.0");

        var outcome = await sender.SendAsync(Target(server.Urls.Single()), OtlpSignal.Traces, Batch(), TestContext.Current.CancellationToken);

        Assert.Equal(SendOutcomeKind.Sent, outcome.Kind);
        Assert.Equal(expected, Assert.Single(seen));
    }

    private static SealedBatch Batch()
    {
        var request = Requests.Spans("orders", 1);
        var part = new ExportPart([request], 1);
        return SealedBatch.Seal(part, gzip: true, new Accounts().Of("sentry", OtlpSignal.Traces, "orders"), TimeSpan.Zero, new SplitBudget(), new Admission(long.MaxValue));
    }

    private static RouteTarget Target(string server) => new()
    {
        ProjectId = "1",
        ProjectSlug = "orders",
        PublicKey = new string('a', 32),
        TracesEndpoint = $"{server}/api/1/integration/otlp/v1/traces/",
        LogsEndpoint = $"{server}/api/1/integration/otlp/v1/logs/",
    };

    private static async Task<WebApplication> ServeAsync(HttpProtocols spoken, bool tls, ConcurrentQueue<string> seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = spoken;
            if (tls)
            {
                listen.UseHttps(Certificate());
            }
        }));
        var server = builder.Build();
        server.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            seen.Enqueue(context.Request.Protocol);
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var signed = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }
}
