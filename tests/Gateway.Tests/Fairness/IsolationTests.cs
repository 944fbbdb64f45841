using System.Globalization;
using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Tests.Fairness;

/// <summary>What one project suffers moves no other, measured to the tick in virtual time.</summary>
public sealed class IsolationTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(45);

    public static TheoryData<string> Troubles => [.. Named.Keys];

    private static Dictionary<string, Behaviour> Named { get; } = new()
    {
        ["hanging"] = Behaviour.Hanging,
        ["slow"] = Behaviour.Slow,
        ["down"] = Behaviour.Down,
        ["refused"] = Behaviour.Refused,
        ["limited"] = Behaviour.Limited,
        ["flooding"] = Behaviour.Flooding,
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public void Project_in_trouble_does_not_move_the_waits_of_the_others_by_a_tick(string trouble)
    {
        var quiet = Run(Healthy(49));

        var disturbed = Run(Healthy(49).Append(new(trouble, Named[trouble])));

        Assert.All(quiet, project => Assert.Equal(project.Value, disturbed[project.Key]));
        Assert.All(quiet.Values, waits => Assert.InRange(waits.Count, 30, 120));
    }

    [Fact]
    public void All_troubles_at_once_do_not_move_the_waits_of_the_others_by_a_tick()
    {
        var quiet = Run(Healthy(44));

        var disturbed = Run(Healthy(44).Concat(Named));

        Assert.All(quiet, project => Assert.Equal(project.Value, disturbed[project.Key]));
    }

    [Fact]
    public void When_more_projects_begin_to_hang_than_there_are_senders_the_others_wait_a_second_longer_and_only_once()
    {
        var from = TimeSpan.FromSeconds(10);
        var hanging = Enumerable.Range(0, 60).Select(i => new KeyValuePair<string, Behaviour>(Name("hanging", i), Behaviour.Hanging with { From = from }));
        var quiet = Run(Healthy(40));

        var disturbed = Run(Healthy(40).Concat(hanging));

        foreach (var (project, waits) in quiet)
        {
            Assert.Equal(waits.Count, disturbed[project].Count);
            Assert.All(disturbed[project], wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(1.5)));
            var later = waits.Count * 6 / 10;
            Assert.Equal(waits.TakeLast(later), disturbed[project].TakeLast(later));
        }
    }

    [Fact]
    public void Projects_that_come_up_while_others_hang_are_served_as_if_they_were_alone()
    {
        var hanging = Enumerable.Range(0, 12).Select(i => new KeyValuePair<string, Behaviour>(Name("hanging", i), Behaviour.Hanging));
        var quiet = Run(Healthy(10));

        var disturbed = Run(Healthy(10).Concat(hanging));

        Assert.All(quiet, project => Assert.Equal(project.Value, disturbed[project.Key]));
    }

    [Fact]
    public void Projects_that_are_down_and_flooded_fill_their_queues_and_no_one_elses_memory()
    {
        var down = Enumerable.Range(0, 4).Select(i => new KeyValuePair<string, Behaviour>(
            Name("down", i), Behaviour.Down with { Spans = 2000, Every = TimeSpan.FromMilliseconds(100) }));
        using var traffic = new VirtualTraffic(
            Healthy(20).Concat(down).ToDictionary(), new QueueConfiguration { MaxBytesPerProject = 64 * 1024 * 1024 }, admissionBytes: 4 * 1024 * 1024);

        traffic.Run(Length);

        Assert.All(Healthy(20), project => Assert.False(traffic.TurnedAway.ContainsKey(project.Key)));
        Assert.All(down, project => Assert.InRange(traffic.TurnedAway[project.Key], 1, int.MaxValue));
        Assert.All(Healthy(20), project => Assert.Equal(0, traffic.Balance(project.Key).TotalDropped));
        Assert.InRange(traffic.Admission.Reserved, 0, traffic.Admission.Limit);
    }

    private static IEnumerable<KeyValuePair<string, Behaviour>> Healthy(int count) =>
        Enumerable.Range(0, count).Select(i => new KeyValuePair<string, Behaviour>(Name("healthy", i), Behaviour.Healthy));

    private static string Name(string kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{index}");

    private static Dictionary<string, List<TimeSpan>> Run(IEnumerable<KeyValuePair<string, Behaviour>> projects)
    {
        using var traffic = new VirtualTraffic(projects.ToDictionary());
        var waits = traffic.Run(Length);
        Assert.DoesNotContain(traffic.TurnedAway, turned => turned.Key.StartsWith("healthy", StringComparison.Ordinal));
        return waits.Where(project => project.Key.StartsWith("healthy", StringComparison.Ordinal)).ToDictionary();
    }
}
