using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;
using static SentryOtel.Operator.Tests.RoutingTables.TableModel;

namespace SentryOtel.Operator.Tests.RoutingTables;

public sealed class RoutingTableCompilerPropertyTests
{
    private const int SmallSlice = 1000;

    // Per service: 0 no route, 1 pending, more: active in that project.
    private static readonly Gen<int[]> State = Gen.Choose(0, 3).ArrayOf(6);

    [Fact]
    public void In_any_history_generations_never_go_back_and_an_entry_has_a_new_one_exactly_when_it_changed()
    {
        Prop.ForAll(State.NonEmptyListOf().ToArbitrary(), history =>
        {
            IReadOnlyList<RoutingTableSlice> table = [];
            foreach (var state in history)
            {
                var next = RoutingTableCompiler.Compile(Settings, Entries(state), table, maxSliceBytes: SmallSlice);
                AssertFollows(table, next, Entries(state));
                table = next;
            }
        }).QuickCheckThrowOnFailure();
    }

    private static void AssertFollows(IReadOnlyList<RoutingTableSlice> before, IReadOnlyList<RoutingTableSlice> after, List<RouteEntry> wanted)
    {
        Assert.True(RoutingTable.TryCombine(after, out var table, out var error), error);
        var old = before.SelectMany(static slice => slice.Routes).ToDictionary(static entry => entry.Value);
        var oldGeneration = before.Count == 0 ? 0 : before[0].Generation;
        Assert.Equal(wanted.OrderBy(static entry => entry.Value, StringComparer.Ordinal), table.Routes.Select(static entry => entry with { Generation = 0 }).OrderBy(static entry => entry.Value, StringComparer.Ordinal));

        var changed = 0;
        foreach (var entry in table.Routes)
        {
            if (old.TryGetValue(entry.Value, out var known) && known with { Generation = 0 } == entry with { Generation = 0 })
            {
                Assert.Equal(known.Generation, entry.Generation);
            }
            else
            {
                changed++;
                Assert.Equal(table.Generation, entry.Generation);
                Assert.True(entry.Generation > oldGeneration);
            }
        }

        var same = before.Count > 0 && changed == 0 && old.Count == wanted.Count;
        Assert.Equal(same ? oldGeneration : oldGeneration + 1, table.Generation);
        Assert.Equal(same, ReferenceEquals(before, after));
    }

    private static List<RouteEntry> Entries(int[] state) =>
    [
        .. state.Select((kind, index) => (kind, value: $"service-{index}"))
            .Where(static service => service.kind > 0)
            .Select(static service => service.kind == 1 ? Pending(service.value) : Active(service.value, service.kind)),
    ];
}
