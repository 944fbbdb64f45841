using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>The whole gateway in this process, over real sockets, with a stand-in Sentry behind it.</summary>
internal sealed class LiveGateway : IAsyncDisposable
{
    public const string Token = "sntryi_0123456789abcdef";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private LiveGateway(SentryServerHost sentry, GatewayHost host)
    {
        Sentry = sentry;
        Host = host;
    }

    public SentryServerHost Sentry { get; }

    public GatewayHost Host { get; }

    public HttpClient Client { get; } = new();

    public Uri Http => new($"http://{Host.Receivers["otlp"].Http}");

    public Uri Grpc => new($"http://{Host.Receivers["otlp"].Grpc}");

    /// <summary>Starts both; <paramref name="exporter"/> are further lines of the exporter's section, <paramref name="pipelines"/> of the pipelines, <paramref name="telemetry"/> is that section.</summary>
    public static async Task<LiveGateway> StartAsync(string exporter = "", Modes? modes = null, bool grantToken = true, string pipelines = "",
        string telemetry = "{metrics: {address: '127.0.0.1:0'}}", TimeSpan farewell = default, params string[] projects)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = projects, Tokens = grantToken ? [new AccessToken(Token)] : [], Modes = modes ?? new Modes() }, cancellationToken);
        var yaml = $$$"""
            receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}, http: {endpoint: "127.0.0.1:0" } } } }
            processors: {batch: {timeout: 20ms}}
            extensions: {health_check: {endpoint: "127.0.0.1:0" } }
            exporters:
              sentry:
                url: {{{sentry.ManagementUrl}}}
                org_slug: acme
                auth_token: {{{Token}}}
                retry_on_failure: {initial_interval: 50ms, max_interval: 100ms}
                {{{exporter}}}
            service:
              drain_timeout: 10s
              extensions: [health_check]
              telemetry: {{{telemetry}}}
              pipelines:
                traces: {receivers: [otlp], processors: [batch], exporters: [sentry]}
                logs: {receivers: [otlp], processors: [batch], exporters: [sentry]}
                {{{pipelines}}}
            """;
        var result = ConfigurationFile.Read(yaml, _ => null, _ => throw new FileNotFoundException(), 1L << 30);
        Assert.Empty(result.Problems);
        var host = new GatewayHost(result.Configuration!, new GatewayServices { LoggerFactory = NullLoggerFactory.Instance, Farewell = farewell });
        await host.StartAsync(cancellationToken);
        return new LiveGateway(sentry, host);
    }

    /// <summary>Posts an Export request as an SDK does.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, byte[] request)
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        return await Client.PostAsync(new Uri(Http, path), content, TestContext.Current.CancellationToken);
    }

    public async Task SendTracesAsync(byte[] request)
    {
        using var response = await PostAsync("/v1/traces", request);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    public async Task SendLogsAsync(byte[] request)
    {
        using var response = await PostAsync("/v1/logs", request);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Waits for a state that real sockets and threads reach in their own time.</summary>
    public Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, TestContext.Current.CancellationToken);

    /// <summary>The names of the spans that a project received, sorted.</summary>
    public IReadOnlyList<string> SpansOf(string project) => [.. Sentry.State.Received.Spans(project).Select(span => span.Name).Order(StringComparer.Ordinal)];

    /// <summary>The invariant, for every account.</summary>
    public void AssertBalanced() => Assert.All(Host.Accounts.All, account => Assert.True(account.Read().IsBalanced, $"{account.Project}: {account.Read()}"));

    public async ValueTask DisposeAsync()
    {
        AssertBalanced();
        Client.Dispose();
        await Host.DisposeAsync();
        await Sentry.DisposeAsync();
    }
}
