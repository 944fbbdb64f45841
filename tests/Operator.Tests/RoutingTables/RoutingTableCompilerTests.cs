using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;
using static SentryOtel.Operator.Tests.RoutingTables.TableModel;

namespace SentryOtel.Operator.Tests.RoutingTables;

public sealed class RoutingTableCompilerTests
{
    private const int SmallSlice = 1200;

    [Fact]
    public void A_new_table_begins_at_the_generation_it_is_given()
    {
        var table = RoutingTableCompiler.Compile(Settings, [Active("orders"), Pending("billing")], [], firstGeneration: 40);

        var slice = Assert.Single(table);
        Assert.Equal(40, slice.Generation);
        Assert.Equal(["billing", "orders"], slice.Routes.Select(entry => entry.Value));
        Assert.All(slice.Routes, entry => Assert.Equal(40, entry.Generation));
    }

    [Fact]
    public void A_table_of_no_routes_is_a_table()
    {
        var table = RoutingTableCompiler.Compile(Settings, [], []);

        Assert.Empty(Assert.Single(table).Routes);
        Assert.Same(table, RoutingTableCompiler.Compile(Settings, [], table));
    }

    [Fact]
    public void The_same_routes_in_another_order_leave_the_table_as_it_is()
    {
        var before = RoutingTableCompiler.Compile(Settings, [Active("orders"), Pending("billing")], []);

        var after = RoutingTableCompiler.Compile(Settings, [Pending("billing") with { Generation = 99 }, Active("orders")], before, firstGeneration: 1000);

        Assert.Same(before, after);
    }

    [Theory]
    [InlineData("new", 2, 1, 1)]
    [InlineData("removed", null, 1, null)]
    [InlineData("target", null, 1, 2)]
    [InlineData("state", null, 1, 2)]
    [InlineData("limit", null, 1, 2)]
    public void A_change_of_one_route_leaves_the_generations_of_the_others(string change, int? added, int? orders, int? billing)
    {
        var before = RoutingTableCompiler.Compile(Settings, [Active("orders"), Active("billing", 2)], []);

        var after = RoutingTableCompiler.Compile(
            Settings,
            change switch
            {
                "new" => [Active("orders"), Active("billing", 2), Active("added", 3)],
                "removed" => [Active("orders")],
                "target" => [Active("orders"), Active("billing", 7)],
                "state" => [Active("orders"), Pending("billing")],
                _ => [Active("orders"), Active("billing", 2) with { RateLimit = new RouteLimits(10, null) }],
            },
            before);

        var generations = Generations(after);
        Assert.Equal(2, Assert.Single(after).Generation);
        Assert.Equal(added, Of("added"));
        Assert.Equal(orders, Of("orders"));
        Assert.Equal(billing, Of("billing"));

        int? Of(string value) => generations.TryGetValue(value, out var generation) ? (int)generation : null;
    }

    [Fact]
    public void A_change_of_the_settings_makes_a_new_generation_of_the_table_and_of_no_entry()
    {
        var before = RoutingTableCompiler.Compile(Settings, [Active("orders")], []);

        var after = RoutingTableCompiler.Compile(Settings with { OnMissingAttribute = "fallback", Fallback = Target(9) }, [Active("orders")], before);

        var slice = Assert.Single(after);
        Assert.Equal((2, 1, "9"), (slice.Generation, slice.Routes[0].Generation, slice.Fallback?.ProjectId));
    }

    [Fact]
    public void A_table_that_grows_and_shrinks_is_cut_anew_and_its_entries_keep_their_generations()
    {
        var few = Enumerable.Range(0, 2).Select(static i => Active($"service-{i}", i + 1)).ToList();
        var many = Enumerable.Range(0, 9).Select(static i => Active($"service-{i}", i + 1)).ToList();
        var small = RoutingTableCompiler.Compile(Settings, few, [], maxSliceBytes: SmallSlice);

        var large = RoutingTableCompiler.Compile(Settings, many, small, maxSliceBytes: SmallSlice);
        var again = RoutingTableCompiler.Compile(Settings, few, large, maxSliceBytes: SmallSlice);

        Assert.Single(small);
        Assert.True(large.Count > 1);
        Assert.True(RoutingTable.TryCombine(large, out var combined, out var error), error);
        Assert.Equal(9, combined.Routes.Count);
        Assert.All(few, entry => Assert.Equal(1, combined.Find(entry.Value)!.Generation));
        Assert.Equal(3, Assert.Single(again).Generation);
        Assert.All(again[0].Routes, entry => Assert.Equal(1, entry.Generation));
    }

    [Fact]
    public void Every_write_that_was_cut_short_is_made_whole_with_a_generation_of_its_own()
    {
        var few = Enumerable.Range(0, 2).Select(static i => Active($"service-{i}", i + 1)).ToList();
        var many = Enumerable.Range(0, 9).Select(static i => Active($"service-{i}", i + 1)).ToList();
        var small = RoutingTableCompiler.Compile(Settings, few, [], maxSliceBytes: SmallSlice);
        var large = RoutingTableCompiler.Compile(Settings, many, small, maxSliceBytes: SmallSlice);

        // Every set of slices that some order of the writes leaves behind; the first ConfigMap is there in any case, old or new.
        foreach (var written in Enumerable.Range(1, (1 << large.Count) - 2).Select(mask => large.Where((_, index) => (mask & (1 << index)) != 0).ToList()))
        {
            IReadOnlyList<RoutingTableSlice> left = written.Exists(static slice => slice.SliceIndex == 0) ? written : [.. small, .. written];

            var healed = RoutingTableCompiler.Compile(Settings, many, left, maxSliceBytes: SmallSlice);

            Assert.True(RoutingTable.TryCombine(healed, out var table, out var error), error);
            Assert.Equal(3, table.Generation);
            Assert.Equal(9, table.Routes.Count);

            // What was not lost has not changed.
            var known = left.SelectMany(static slice => slice.Routes).DistinctBy(static entry => entry.Value).ToDictionary(static entry => entry.Value);
            Assert.All(table.Routes, entry => Assert.Equal(known.TryGetValue(entry.Value, out var old) ? old.Generation : 3, entry.Generation));
        }
    }

    [Fact]
    public void A_table_that_was_lost_begins_after_all_that_the_lost_one_can_have_had()
    {
        var before = RoutingTableCompiler.Compile(Settings, [Active("orders")], [], firstGeneration: 1000);

        var after = RoutingTableCompiler.Compile(Settings, [Active("orders")], [], firstGeneration: 1001);

        Assert.True(after[0].Generation > before[0].Generation);
        Assert.Equal(after[0].Generation, after[0].Routes[0].Generation);
    }

    [Fact]
    public void A_slice_that_was_deleted_is_written_again_with_a_greater_generation()
    {
        var many = Enumerable.Range(0, 9).Select(static i => Active($"service-{i}", i + 1)).ToList();
        var before = RoutingTableCompiler.Compile(Settings, many, [], firstGeneration: 7, maxSliceBytes: SmallSlice);

        var after = RoutingTableCompiler.Compile(Settings, many, [.. before.Skip(1)], firstGeneration: 7, maxSliceBytes: SmallSlice);

        var lost = before[0].Routes.Select(static entry => entry.Value).ToHashSet();
        Assert.All(after, slice => Assert.Equal(8, slice.Generation));
        Assert.All(Generations(after), entry => Assert.Equal(lost.Contains(entry.Key) ? 8 : 7, entry.Value));
    }
}
