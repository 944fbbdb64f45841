using System.Text.Json.Nodes;
using SentryOtel.Operator.Children;

namespace SentryOtel.Operator.Tests.Children;

public sealed class LiveStateTests
{
    [Theory]
    [InlineData("""{"a": 1}""", """{"a": 1, "b": 2}""", true)]
    [InlineData("""{"a": 1}""", """{"a": 2}""", false)]
    [InlineData("""{"a": 1}""", """{}""", false)]
    [InlineData("""{"a": {}}""", """{}""", true)]
    [InlineData("""{"list": [{"name": "x", "v": 1}]}""", """{"list": [{"name": "other"}, {"name": "x", "v": 1, "w": 2}]}""", true)]
    [InlineData("""{"list": [{"name": "x", "v": 1}]}""", """{"list": [{"name": "x", "v": 2}]}""", false)]
    [InlineData("""{"list": [{"name": "x"}]}""", """{"list": []}""", false)]
    [InlineData("""{"list": ["a", "b"]}""", """{"list": ["b", "a"]}""", false)]
    [InlineData("""{"list": ["a"]}""", """{"list": ["a", "b"]}""", false)]
    [InlineData("""{"cpu": "1000m"}""", """{"cpu": "1"}""", true)]
    [InlineData("""{"memory": "1Gi"}""", """{"memory": "1073741824"}""", true)]
    [InlineData("""{"memory": "1Gi"}""", """{"memory": "1G"}""", false)]
    [InlineData("""{"port": 80}""", """{"port": "80"}""", true)]
    [InlineData("""{"text": "a"}""", """{"text": "b"}""", false)]
    [InlineData("""{"a": [1]}""", """{"a": {"0": 1}}""", false)]
    public void Live_state_holds_what_is_wanted_whatever_else_there_is(string wanted, string live, bool holds)
    {
        Assert.Equal(holds, LiveState.Holds(JsonNode.Parse(live), JsonNode.Parse(wanted)));
    }
}
