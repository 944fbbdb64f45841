using System.Collections;
using System.Globalization;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>The gateway's program.</summary>
internal sealed class GatewayProcess : IRunningGateway
{
    private const int StartAttempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly LocalProcess _process;
    private readonly string _folder;
    private readonly Uri _health;
    private readonly HttpClient _http = new();

    private GatewayProcess(LocalProcess process, string folder, int[] ports)
    {
        _process = process;
        _folder = folder;
        (Grpc, Http, _health, Metrics) = (Address(ports[0]), Address(ports[1]), Address(ports[2]), Address(ports[3]));
    }

    public Uri Http { get; }

    public Uri Grpc { get; }

    public Uri Metrics { get; }

    /// <summary>Of the operating system.</summary>
    public int ProcessId => _process.Id;

    public string LogText
    {
        get
        {
            using var file = new FileStream(_process.LogPath, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    /// <summary>
    /// The most bytes that were resident at a time since the start, without the mapped files of the code: those of a debug build are several times what ships.
    /// </summary>
    public long PeakMemory => StatusBytes("VmHWM:") - StatusBytes("RssFile:");

    /// <summary>Starts the program and waits until all its ports are its own.</summary>
    public static async Task<GatewayProcess> StartAsync(GatewaySettings settings, StandIn sentry)
    {
        for (var attempt = 1; ; attempt++)
        {
            var gateway = Launch(settings, sentry);
            try
            {
                await Eventually.HoldsAsync(
                    () => gateway._process.HasExited || gateway.LogText.Contains(" runs: ", StringComparison.Ordinal),
                    StartLimit,
                    "the gateway's word that it listens",
                    TestContext.Current.CancellationToken);
                if (!gateway._process.HasExited)
                {
                    return gateway;
                }

                // A port was taken between the look and the bind.
                Assert.True(attempt < StartAttempts, gateway._process.LogTail());
                await gateway.DisposeAsync();
            }
            catch
            {
                await gateway.DisposeAsync();
                throw;
            }
        }
    }

    public async Task<string?> NotReadyAsync()
    {
        using var response = await _http.GetAsync(new Uri(_health, "readyz"), TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM; the stop goes on by itself.</summary>
    public void Terminate() => _process.Send(Signal.Terminate);

    /// <summary>Waits for the program's end; gives its exit code.</summary>
    public Task<int> ExitedAsync() => _process.Exited.WaitAsync(StartLimit, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        var log = LogText;
        Directory.Delete(_folder, recursive: true);
        Assert.DoesNotContain(SentryProcess.Token, log, StringComparison.Ordinal);
    }

    private long StatusBytes(string field) => 1024 * long.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status")).First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static GatewayProcess Launch(GatewaySettings settings, StandIn sentry)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-faults-").FullName;
        int[] ports = [LoopbackPort.Free(), LoopbackPort.Free(), LoopbackPort.Free(), LoopbackPort.Free()];
        var endpoints = ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")).ToArray();
        var file = Path.Combine(folder, "gateway.yaml");
        File.WriteAllText(file, settings.ToYaml(sentry, endpoints[0], endpoints[1], endpoints[2], endpoints[3]));
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in settings.Environment)
        {
            environment[name] = value;
        }

        var process = LocalProcess.Start(Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"), ["--config", file], Path.Combine(folder, "gateway.log"), environment);
        return new GatewayProcess(process, folder, ports);
    }

    private static Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
}
