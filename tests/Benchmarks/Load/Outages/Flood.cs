namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>Clients that send as fast as they are answered, do not wait when they are told to, and drop what was refused.</summary>
internal sealed class Flood(LoadOptions options, Scenario scenario, Payload payload, int port) : IOutageLoad
{
    private LoadResult _result;

    public long Acknowledged => _result.Requests * scenario.Items;

    public IReadOnlyDictionary<string, int> Refusals => _result.Failed == 0
        ? new Dictionary<string, int>()
        : new Dictionary<string, int> { ["not 2xx"] = (int)_result.Failed };

    public TimeSpan AnsweredWithin => _result.P99;

    public async Task<long> RunAsync(TimeSpan duration)
    {
        _result = await LoadGenerator.SaturateAsync(options, scenario, payload, port, (int)duration.TotalSeconds);
        return (_result.Requests + _result.Failed) * scenario.Items;
    }

    public void Dispose()
    {
    }
}
