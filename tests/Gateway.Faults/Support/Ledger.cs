using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>
/// Every item that was sent, with the fate that it must have had. The proof has two sides: what lies at Sentry, item by item, and the gateway's own
/// books, which have to say the same.
/// </summary>
internal sealed class Ledger(StandIn sentry, IRunningGateway gateway, HttpClient http, IReadOnlyCollection<SentryProject> projects)
{
    private readonly Lock _gate = new();
    private readonly List<Item> _items = [];

    /// <summary>All items so far.</summary>
    public IReadOnlyList<Item> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    /// <summary>How many items must still wait.</summary>
    public int ExpectedQueued => Items.Count(item => item.Fate == Fate.Queued);

    public IReadOnlyList<Item> Add(IEnumerable<string> ids, SentryProject project, OtlpSignal signal)
    {
        var items = ids.Select(id => new Item(id, project, signal)).ToArray();
        lock (_gate)
        {
            _items.AddRange(items);
        }

        return items;
    }

    /// <summary>Says what must become of these items instead of arriving once.</summary>
    public void Expect(IEnumerable<Item> items, Fate fate)
    {
        foreach (var item in items)
        {
            item.Fate = fate;
        }
    }

    /// <summary>The gateway's books now. The invariant must hold in every reading.</summary>
    public async Task<Books> BooksAsync()
    {
        var text = await http.GetStringAsync(new Uri(gateway.Metrics, "/metrics"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(SentryProcess.Token, text, StringComparison.Ordinal);
        return Books.Parse(text);
    }

    /// <summary>Holds what arrived, and what the gateway counts, against every item's fate.</summary>
    public async Task AssertEveryItemAsync() => AssertBooks(await AssertArrivalsAsync(), await BooksAsync());

    /// <summary>Holds what arrived against every item's fate; gives the number of arrivals by id.</summary>
    public async Task<IReadOnlyDictionary<string, int>> AssertArrivalsAsync()
    {
        var (arrived, lost) = await sentry.ReceivedAsync(projects);
        var places = arrived.ToLookup(arrival => arrival.Id, StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var item in Items)
        {
            var there = places[item.Id].ToList();
            if (there.Exists(arrival => arrival.Project != item.Project.Slug || arrival.IsLog != (item.Signal == OtlpSignal.Logs)))
            {
                faults.Add($"{item.Id}: arrived in {string.Join(", ", there.Select(arrival => arrival.Project))}");
            }
            else if (!IsRight(item.Fate.Kind, there.Count))
            {
                faults.Add($"{item.Id} ({item.Signal}): must be {item.Fate}, arrived {there.Count} times");
            }
        }

        var known = Items.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        faults.AddRange(arrived.Where(arrival => !known.Contains(arrival.Id)).Select(arrival => $"{arrival.Id}: nobody sent it"));
        Assert.True(faults.Count == 0, $"{faults.Count} of {Items.Count} items are not where they should be:\n{string.Join('\n', faults.Take(20))}\n\nThe gateway's log:\n{gateway.LogText}");
        foreach (var group in Items.Where(item => item.Fate.Kind == FateKind.LostBySentry).GroupBy(item => (item.Project.Slug, item.Signal, item.Fate.Reason)))
        {
            var there = lost.Where(loss => loss.Project == group.Key.Slug && loss.IsLog == (group.Key.Signal == OtlpSignal.Logs) && loss.Reason == group.Key.Reason);
            Assert.Equal(group.Count(), there.Sum(loss => loss.Items));
        }

        return Items.ToDictionary(item => item.Id, item => places[item.Id].Count(), StringComparer.Ordinal);
    }

    private static bool IsRight(FateKind fate, int arrivals) => fate switch
    {
        FateKind.Delivered => arrivals == 1,
        FateKind.DeliveredTwice => arrivals == 2,
        FateKind.DeliveredOnceOrTwice => arrivals is 1 or 2,
        FateKind.DeliveredOrDropped => arrivals is 0 or 1,
        _ => arrivals == 0,
    };

    private void AssertBooks(IReadOnlyDictionary<string, int> arrivals, Books books)
    {
        Assert.True(books.IsBalanced, "accepted = sent + dropped + queued does not hold");
        foreach (var group in Items.GroupBy(item => (item.Project.Account, item.Signal)))
        {
            var accepted = group.Where(item => item.Fate != Fate.Refused).ToList();
            var dropped = accepted
                .Where(item => item.Fate.Kind == FateKind.Dropped || (item.Fate.Kind == FateKind.DeliveredOrDropped && arrivals[item.Id] == 0))
                .ToLookup(item => item.Fate.Reason, StringComparer.Ordinal);
            var queued = accepted.Count(item => item.Fate == Fate.Queued);
            var book = books.Of(group.Key.Account, group.Key.Signal);
            var expected = new Book(
                accepted.Count, accepted.Count - queued - dropped.Sum(reason => reason.Count()), queued, dropped.ToDictionary(reason => reason.Key, reason => (long)reason.Count()));
            Assert.True(
                expected with { Dropped = book.Dropped } == book && expected.Dropped.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(book.Dropped.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
                $"{group.Key.Account}, {group.Key.Signal}: the books say {Text(book)}, the items say {Text(expected)}\n{gateway.LogText}");
        }
    }

    private static string Text(Book book) =>
        $"accepted {book.Accepted}, sent {book.Sent}, queued {book.Queued}, dropped {{{string.Join(", ", book.Dropped.Select(pair => $"{pair.Key}: {pair.Value}"))}}}";
}
