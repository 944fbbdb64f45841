using FsCheck;
using FsCheck.Fluent;

namespace SentryOtel.Operator.Tests;

public sealed class NamingTests
{
    [Theory]
    [InlineData("main", "main-gateway")]
    [InlineData("a", "a-gateway")]
    public void A_short_name_is_kept(string exporter, string expected) => Assert.Equal(expected, Naming.Gateway(exporter));

    [Fact]
    public void Names_that_would_meet_are_told_apart()
    {
        var stem = new string('a', 60);
        string[] exporters = ["a.b", "a-b", stem + "x", stem + "y", "1a", "s1a"];

        Assert.Equal(exporters.Length, exporters.Select(Naming.Gateway).Distinct().Count());
        Assert.Equal(exporters.Length, exporters.Select(Naming.LabelValue).Distinct().Count());
    }

    [Fact]
    public void Every_name_of_an_exporter_gives_a_name_that_a_Service_and_a_label_may_have()
    {
        var characters = Gen.Elements("abcxyz0189-.".ToCharArray());
        var names = Gen.ArrayOf(characters).Select(static text => "a" + new string(text) + "z").Where(static name => name.Length <= 253);

        Prop.ForAll(names.ToArbitrary(), static name =>
        {
            Assert.Matches("^[a-z]([-a-z0-9]*[a-z0-9])?$", Naming.Gateway(name));
            Assert.InRange(Naming.Gateway(name).Length, 1, 46);
            Assert.InRange(Naming.LabelValue(name).Length, 1, 63);
            Assert.Matches("[a-z0-9]$", Naming.LabelValue(name));
        }).QuickCheckThrowOnFailure();
    }
}
