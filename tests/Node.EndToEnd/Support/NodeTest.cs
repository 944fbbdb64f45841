namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>Tests that share the one cluster, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneCluster : ICollectionFixture<World>
{
    public const string Name = "cluster";
}

/// <summary>
/// Begins at the end of the <see cref="Journey"/>, and ends with what holds after every test: the services go on sending, nothing they handed over is lost or doubled, and no
/// container has restarted that the test did not kill.
/// </summary>
[Collection(OneCluster.Name)]
public abstract class NodeTest(World world) : IAsyncLifetime
{
    /// <summary>Pods whose containers a test has killed.</summary>
    private static readonly HashSet<string> Killed = [];

    internal World World => world;

    internal Journey Journey => world.Journey;

    internal Ledger Ledger { get; } = new(world);

    public async ValueTask InitializeAsync() => await Journey.BeginAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        switch (TestContext.Current.TestState?.Result)
        {
            case TestResult.Passed:
                await SoundAsync();
                break;
            case TestResult.Failed when world.Missing is null:
                TestContext.Current.TestOutputHelper!.WriteLine(await world.DescribeAsync());
                break;
        }
    }

    /// <summary>Says that the containers of a pod may restart.</summary>
    protected static void Expect(string killedPod) => Killed.Add(killedPod);

    private async Task SoundAsync()
    {
        await Task.WhenAll(Journey.Services.Select(service => Ledger.BalancesAsync(Journey.Namespace, service.Name)));
        foreach (var @namespace in (string[])[Journey.Namespace, Journey.SystemNamespace, .. Journey.OtherNamespaces])
        {
            var pods = (await world.GetAsync(@namespace, "pods"))["items"]!.AsArray();
            Assert.Empty(pods
                .Where(static pod => !Killed.Contains((string)pod!["metadata"]!["name"]!))
                .SelectMany(static pod => pod!["status"]!["containerStatuses"]?.AsArray() ?? [])
                .Where(static container => (int)container!["restartCount"]! > 0)
                .Select(static container => $"{container}"));
        }
    }
}
