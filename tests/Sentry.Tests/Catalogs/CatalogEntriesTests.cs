using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Catalogs;

namespace SentryOtel.Sentry.Tests.Catalogs;

public sealed class CatalogEntriesTests
{
    private readonly CatalogEntries _entries = new();

    [Fact]
    public void What_was_seen_after_a_list_was_begun_outweighs_the_list()
    {
        _entries.Put(Project("1", "orders"), new ReadTime(5, 6));
        _entries.PutKeys("1", [Key("1", "a")], new ReadTime(6, 7));
        _entries.Put(Project("2", "stock"), new ReadTime(1, 2));
        _entries.Put(Project("3", "carts"), new ReadTime(5, 6));
        _entries.Remove("carts", new ReadTime(7, 8));

        _entries.Merge([Project("1", "old-name"), Project("3", "carts"), Project("4", "users")], [Key("1", "b"), Key("4", "c")], new ReadTime(3, 9));

        Assert.Equal("orders", _entries.Find("1")?.Project.Slug);
        Assert.Equal("a", Assert.Single(_entries.Find("orders")!.Keys!).Public);
        Assert.Null(_entries.Find("2"));
        Assert.Null(_entries.Find("carts"));
        Assert.Equal("c", Assert.Single(_entries.Find("users")!.Keys!).Public);
    }

    [Fact]
    public void Keys_that_a_list_does_not_name_are_unknown_and_not_absent()
    {
        _entries.Merge([Project("1", "orders")], [], new ReadTime(1, 2));

        Assert.Null(_entries.Find("1")!.Keys);
    }

    [Fact]
    public void Without_a_list_of_keys_those_that_are_known_stay_known()
    {
        _entries.Put(Project("1", "orders"), new ReadTime(1, 2));
        _entries.PutKeys("1", [Key("1", "a")], new ReadTime(2, 3));

        _entries.Merge([Project("1", "orders")], null, new ReadTime(4, 5));

        Assert.Single(_entries.Find("1")!.Keys!);
    }

    [Fact]
    public void A_former_slug_leads_to_its_project_until_another_one_takes_it()
    {
        _entries.Merge([Project("1", "orders")], null, new ReadTime(1, 2));
        _entries.Merge([Project("1", "sales")], null, new ReadTime(3, 4));
        Assert.Equal("1", _entries.Find("orders")?.Project.Id);

        _entries.Merge([Project("1", "sales"), Project("2", "orders")], null, new ReadTime(5, 6));

        Assert.Equal(("2", "1"), (_entries.Find("orders")?.Project.Id, _entries.Find("sales")?.Project.Id));
    }

    [Fact]
    public void What_nobody_needs_is_not_kept_and_teams_are_shared()
    {
        SentryTeam[] teams = [new() { Id = "1", Slug = "platform", Name = "Platform" }];
        var first = Project("1", "orders") with { Name = "Orders", Teams = teams };

        _entries.Merge([first, first with { Id = "2", Slug = "sales", Teams = [teams[0] with { }] }], null, new ReadTime(1, 2));

        Assert.Null(_entries.Find("1")!.Project.Name);
        Assert.Same(_entries.Find("1")!.Project.Teams![0], _entries.Find("2")!.Project.Teams![0]);
    }

    private static SentryProject Project(string id, string slug) => new() { Id = id, Slug = slug };

    private static ProjectKey Key(string project, string key) => new() { ProjectId = project, Public = key, IsActive = true };
}
