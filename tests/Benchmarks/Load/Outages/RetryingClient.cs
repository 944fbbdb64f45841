using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>
/// A client as the OTLP specification wants it: it makes requests at a steady rate whatever becomes of those before, keeps what was refused, and sends it again when it
/// was told to, until it is taken.
/// </summary>
internal sealed class RetryingClient(Uri address, Scenario scenario, Payload payload, int itemsPerSecond) : IOutageLoad
{
    private const int MaxAttempts = 500;

    private static readonly TimeSpan Unasked = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromMinutes(2) };
    private readonly byte[][] _bodies = [.. payload.Files.Select(File.ReadAllBytes)];
    private readonly ConcurrentBag<TimeSpan> _latencies = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private long _acknowledged;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    // From when the request was due, not from when it was sent, so that waiting for answers hides nothing.
    public TimeSpan AnsweredWithin => _latencies.Order().ElementAt((int)((_latencies.Count - 1) * 0.99));

    public async Task<long> RunAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var sending = new List<Task>();
        for (var number = 0; watch.Elapsed < duration; number++)
        {
            var due = TimeSpan.FromSeconds(number * scenario.Items / (double)itemsPerSecond);
            if (due > watch.Elapsed)
            {
                await Task.Delay(due - watch.Elapsed + TimeSpan.FromMilliseconds(1));
            }

            sending.Add(SendAsync(number, watch, due));
        }

        await Task.WhenAll(sending);
        return sending.Count * (long)scenario.Items;
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(int number, Stopwatch watch, TimeSpan due)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (taken, wait) = await TryAsync(_bodies[number % _bodies.Length]);
            if (attempt == 0)
            {
                _latencies.Add(watch.Elapsed - due);
            }

            if (taken)
            {
                Interlocked.Add(ref _acknowledged, scenario.Items);
                return;
            }

            if (attempt == MaxAttempts)
            {
                throw new InvalidOperationException($"A request was refused {attempt} times: {string.Join(", ", _refusals)}.");
            }

            // Spread, as clients do that do not want to come back all at once.
            await Task.Delay(wait * (1 + (number % 10 / 20.0)));
        }
    }

    private async Task<(bool Taken, TimeSpan Wait)> TryAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (scenario.IsGzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        try
        {
            using var answer = await _http.PostAsync(new Uri(address, scenario.Path), content);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return (true, TimeSpan.Zero);
            }

            var after = answer.Headers.RetryAfter?.Delta;
            Refused(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) + (after is null ? " without Retry-After" : string.Empty));
            return (false, after ?? Unasked);
        }
        catch (HttpRequestException)
        {
            Refused("connection failed");
            return (false, Unasked);
        }
    }

    private void Refused(string answer) => _refusals.AddOrUpdate(answer, 1, static (_, count) => count + 1);
}
