using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>The whole gateway in this process, on real sockets; with a clock that moves by hand where a test has to pass a minute.</summary>
internal sealed class LocalGateway : IRunningGateway
{
    private readonly RecordingLoggerProvider _log = new();
    private readonly ILoggerFactory _loggerFactory;
    private readonly FakeTimeProvider? _time;

    private LocalGateway(GatewayConfiguration configuration, FakeTimeProvider? time)
    {
        _time = time;
        _loggerFactory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.None).AddProvider(_log));
        Host = new GatewayHost(
            configuration, new GatewayServices { LoggerFactory = _loggerFactory, TimeProvider = time ?? TimeProvider.System, Random = new Random(1), Version = "1.2.3" });
    }

    public GatewayHost Host { get; }

    public Uri Http => new($"http://{Host.Receivers["otlp"].Http}");

    public Uri Grpc => new($"http://{Host.Receivers["otlp"].Grpc}");

    public Uri Metrics => Host.MetricsAddress!;

    public string LogText => string.Join('\n', _log.Lines);

    public static async Task<LocalGateway> StartAsync(GatewaySettings settings, StandIn sentry, FakeTimeProvider? time)
    {
        var result = ConfigurationFile.Read(settings.ToYaml(sentry), _ => null, File.ReadAllText, 1L << 30);
        Assert.Empty(result.Problems);
        var gateway = new LocalGateway(result.Configuration!, time);
        await gateway.Host.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public Task<string?> NotReadyAsync() => Task.FromResult(Host.NotReady);

    /// <summary>Moves the clock from one timer to the next, and lets the work that each sets off come to its end. No attempt may hang meanwhile.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var time = _time ?? throw new InvalidOperationException("This gateway runs by the system's clock.");
        var end = time.GetUtcNow() + by;
        await IdleAsync();
        while (time.NextDue is { } due && due <= end)
        {
            time.Advance(due > time.GetUtcNow() ? due - time.GetUtcNow() : TimeSpan.Zero);
            await IdleAsync();
        }

        time.Advance(end - time.GetUtcNow());
        await IdleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _loggerFactory.Dispose();
        Assert.DoesNotContain(SentryProcess.Token, LogText, StringComparison.Ordinal);
    }

    private async Task IdleAsync()
    {
        foreach (var exporter in Host.Exporters)
        {
            await exporter.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    private sealed class RecordingLoggerProvider : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
