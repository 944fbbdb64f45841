using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>A gateway that runs from a file in this process, a stand-in Sentry behind it, and a reloader that the test asks.</summary>
internal sealed class ReloadRig : IAsyncDisposable
{
    public const string Token = "sntryi_0123456789abcdef";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-reload-");
    private readonly LogLines _log = new();
    private readonly ILoggerFactory _loggers;
    private Func<GatewayServices, GatewayServices> _services = static services => services;
    private TimeProvider _reloads = TimeProvider.System;

    private ReloadRig(SentryServerHost sentry)
    {
        Sentry = sentry;
        _loggers = LoggerFactory.Create(builder => builder.AddProvider(_log));
    }

    public SentryServerHost Sentry { get; }

    public GatewayHost Host { get; private set; } = null!;

    public ConfigurationReloader Reloader { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    public int Port { get; } = LoopbackPort.Free();

    /// <summary>A file beside the configuration.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public string TokenFile => Path.Combine(_folder.FullName, "token");

    public IReadOnlyCollection<string> Log => _log.Lines;

    private string File => Path.Combine(_folder.FullName, "gateway.yaml");

    public static Task<ReloadRig> StartAsync(Func<ReloadRig, string>? yaml = null, params string[] projects) => StartAsync(yaml, static services => services, TimeProvider.System, projects);

    /// <param name="yaml">The first configuration.</param>
    /// <param name="services">Changes what the gateway gets from outside.</param>
    /// <param name="reloads">The reloader's clock.</param>
    /// <param name="projects">There from the start.</param>
    public static async Task<ReloadRig> StartAsync(
        Func<ReloadRig, string>? yaml, Func<GatewayServices, GatewayServices> services, TimeProvider reloads, params string[] projects)
    {
        var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = projects, Tokens = [new AccessToken(Token)] }, TestContext.Current.CancellationToken);
        var rig = new ReloadRig(sentry);
        System.IO.File.WriteAllText(rig.TokenFile, Token + "\n");
        rig.Write(yaml?.Invoke(rig) ?? rig.Yaml());
        (rig._services, rig._reloads) = (services, reloads);
        await rig.StartHostAsync();
        return rig;
    }

    /// <summary>Stops the gateway and starts another with the same file.</summary>
    public async Task RestartAsync(Action between)
    {
        await Host.StopAsync();
        Reloader.Dispose();
        await Host.DisposeAsync();
        between();
        await StartHostAsync();
    }

    /// <summary>A configuration; each part is lines or flow mappings in its place.</summary>
    public string Yaml(
        string exporter = "", string batch = "{timeout: 20ms}", string receiver = "", int? port = null, string more = "", string exporters = "[sentry]", string service = "", string token = "", string pipelines = "")
    {
        token = token.Length == 0 ? $"${{file:{TokenFile}}}" : token;
        var http = (port ?? Port).ToString(CultureInfo.InvariantCulture);
        return $$"""
            receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:{{http}}"{{receiver}} } } } }
            processors: {batch: {{batch}}, memory_limiter: {limit_mib: 400} }
            extensions: {health_check: {endpoint: "127.0.0.1:0" } }
            exporters:
              sentry:
                url: {{Sentry.ManagementUrl}}
                org_slug: acme
                auth_token: {{token}}
                {{exporter}}
            {{more}}
            service:
              drain_timeout: 10s
              reload_interval: 0s
              extensions: [health_check]
              telemetry: {metrics: {address: "127.0.0.1:0" } {{service}} }
              pipelines:
                traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: {{exporters}} }
                {{pipelines}}
            """;
    }

    /// <summary>The DSN of a project.</summary>
    public string DsnOf(string project)
    {
        var found = Sentry.State.Projects.Find(project)!;
        var key = Sentry.State.Keys.OfProject(found.Id)[0];
        return $"http://{key.Public}@{Sentry.IngestUrl.Authority}/{found.Id}";
    }

    public void Write(string yaml) => System.IO.File.WriteAllText(File, yaml);

    /// <summary>Writes and reloads; the reload must come to pass.</summary>
    public async Task ReloadAsync(string yaml)
    {
        Write(yaml);
        await Reloader.ReloadAsync(TestContext.Current.CancellationToken);
        Assert.True(Host.Reloads.Problem is null, string.Join('\n', Log));
    }

    public async Task SendAsync(string? service, string span, int? port = null)
    {
        using var response = await PostAsync(Requests.Traces((service, [span])), port);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] request, int? port = null, string path = "/v1/traces")
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        return await Client.PostAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port ?? Port}{path}")), content, TestContext.Current.CancellationToken);
    }

    public Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, TestContext.Current.CancellationToken);

    /// <summary>Waits until a project has received a span.</summary>
    public Task UntilReceivedAsync(string project, string span) =>
        UntilAsync(() => Sentry.State.Received.Spans(project).Any(received => received.Name == span), $"{span} in {project}");

    public async Task<string> GetAsync(Uri address)
    {
        using var response = await Client.GetAsync(address, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public void AssertBalanced() => Assert.All(Host.Accounts.All, account => Assert.True(account.Read().IsBalanced, $"{account.Project}: {account.Read()}"));

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        AssertBalanced();
        Reloader.Dispose();
        Client.Dispose();
        await Host.DisposeAsync();
        await Sentry.DisposeAsync();
        _loggers.Dispose();
        _folder.Delete(recursive: true);
        Assert.DoesNotContain(Log, line => line.Contains(Token, StringComparison.Ordinal));
    }

    private async Task StartHostAsync()
    {
        var source = new ConfigurationSource(File, _ => null, 1L << 30);
        var loaded = source.Load();
        Assert.Empty(loaded.Lines(errors: true));
        Host = new GatewayHost(loaded.Result.Configuration!, _services(new GatewayServices { LoggerFactory = _loggers }));
        Reloader = new ConfigurationReloader(Host, source, loaded, _reloads, _loggers.CreateLogger("reload"));
        await Host.StartAsync(TestContext.Current.CancellationToken);
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
