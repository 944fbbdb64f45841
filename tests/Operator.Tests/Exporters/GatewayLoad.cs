using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>A service that sends a span a moment, each over a connection of its own, and notes what it was answered and by whom.</summary>
internal sealed class GatewayLoad : IAsyncDisposable
{
    public const string Service = "orders";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _gateway;
    private readonly Task _running;
    private readonly Lock _gate = new();
    private readonly List<string> _failures = [];
    private string? _certificate;
    private int _sent;

    public GatewayLoad(Uri gateway)
    {
        _gateway = gateway;
        _running = Task.Run(SendAllAsync);
    }

    /// <summary>Spans that the gateway has taken.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Thumbprint of the certificate that the newest connection was shown.</summary>
    public string? Certificate => Volatile.Read(ref _certificate);

    /// <summary>Requests that were not taken, and why.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Sends no more; what is on its way is waited for.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            await SendAsync(number);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task SendAsync(int number)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => Note(certificate) };
        using var client = new HttpClient(handler);
        using var content = new StringContent(Request(number).ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await client.PostAsync(_gateway, content, CancellationToken.None);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _sent);
                return;
            }

            Fail($"{number}: {(int)answer.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            Fail($"{number}: {exception.Message} {exception.InnerException?.Message}");
        }
    }

    private bool Note(X509Certificate2? certificate)
    {
        Volatile.Write(ref _certificate, certificate?.Thumbprint);
        return true;
    }

    private void Fail(string failure)
    {
        lock (_gate)
        {
            _failures.Add(failure);
        }
    }

    private static JsonObject Request(int number) => new()
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject
            {
                ["attributes"] = new JsonArray(new JsonObject { ["key"] = "service.name", ["value"] = new JsonObject { ["stringValue"] = Service } }),
            },
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["spans"] = new JsonArray(new JsonObject
                {
                    ["traceId"] = number.ToString("x32", CultureInfo.InvariantCulture),
                    ["spanId"] = number.ToString("x16", CultureInfo.InvariantCulture),
                    ["name"] = "order",
                    ["kind"] = 2,
                    ["startTimeUnixNano"] = "1767323045000000000",
                    ["endTimeUnixNano"] = "1767323046000000000",
                }),
            }),
        }),
    };
}
