using SentryOtel.Sentry.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Api;

/// <summary>Many calls at once against a Sentry that limits them.</summary>
public sealed class SentryApiStormTests
{
    [Fact]
    public async Task Many_creates_at_once_meet_next_to_no_refusal()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { ApiRateLimit = new ApiRateLimit(Limit: 40, WindowSeconds: 1, ConcurrentLimit: 25) } });

        var slugs = Enumerable.Range(0, 200).Select(static i => $"service-{i}");
        await Parallel.ForEachAsync(slugs, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ApiFixture.Cancellation }, async (slug, cancellation) =>
        {
            var project = await api.Client.CreateProjectAsync("platform", new NewProject(slug), cancellation);
            Assert.True(project.IsSuccess, project.Error?.Message);
            Assert.True((await api.Client.CreateKeyAsync(project.Value.Id, "mine", cancellation)).IsSuccess);
        });

        var answers = api.State.Requests.All(ServerSide.Management).Where(static call => call.Method == "POST").ToList();
        var refused = answers.Count(static call => call.Status == 429);
        TestContext.Current.TestOutputHelper!.WriteLine($"{refused} of {answers.Count} calls were refused, {answers[^1].At - answers[0].At} from first to last");
        Assert.Equal(200, api.State.Projects.All().Length);
        Assert.InRange(refused, 0, 8);
    }

    [Fact]
    public async Task No_more_calls_are_on_their_way_than_Sentry_allows_at_once()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { ApiRateLimit = new ApiRateLimit(Limit: 1000, WindowSeconds: 1, ConcurrentLimit: 3) } });
        Assert.True((await api.Client.ListTeamsAsync(ApiFixture.Cancellation)).IsSuccess);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ => Assert.True((await api.Client.ListTeamsAsync(ApiFixture.Cancellation)).IsSuccess)));

        Assert.DoesNotContain(api.State.Requests.All(ServerSide.Management), static call => call.Status == 429);
    }
}
