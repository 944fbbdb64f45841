using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds.Tests;

/// <summary>Makes objects in which no property has its default value, so that what a server drops is missed.</summary>
internal static class FilledResource
{
    private static readonly Dictionary<string, string> Samples = new()
    {
        [Patterns.Duration] = "7s",
        [Patterns.Bytes] = "7Mi",
        [Patterns.Slug] = "some-slug",
        [Patterns.ObjectName] = "some-object",
        [Patterns.Namespace] = "some-namespace",
        [Patterns.DataKey] = "some.key",
        [Patterns.LabelKey] = "example.com/label",
        [Patterns.HttpUrl] = "https://example.com/path",
        [Patterns.HeaderName] = "X-Some-Header",
        [Patterns.EnvironmentVariable] = "SOME_NAME",
    };

    public static T Create<T>()
        where T : new() => (T)Fill(typeof(T));

    private static object Fill(Type type)
    {
        var target = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            var value = type == typeof(V1Condition) && property.Name == "Status" ? "True" : ValueOf(property, property.PropertyType, property.GetValue(target));
            Assert.False(Equals(value, property.GetValue(target)), $"{type.Name}.{property.Name} was not given a value of its own");
            property.SetValue(target, value);
        }

        return target;
    }

    private static object ValueOf(PropertyInfo property, Type declared, object? initial)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type switch
        {
            _ when type == typeof(string) => property.GetCustomAttribute<PatternAttribute>() is { } pattern ? Samples[pattern.Expression] : "Text",
            _ when type == typeof(bool) => initial is not true,
            _ when type == typeof(int) => 7,
            _ when type == typeof(long) => 7L,
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            _ when type.IsEnum => Enum.GetValues(type).Cast<object>().Last(value => !value.Equals(initial)),
            _ when type == typeof(JsonObject) => new JsonObject { ["free"] = new JsonObject { ["form"] = new JsonArray(1, "two", true) } },
            _ when type == typeof(JsonNode) => JsonValue.Create("25%"),
            _ when type == typeof(Dictionary<string, string>) =>
                new Dictionary<string, string> { ["key"] = property.GetCustomAttribute<ElementAttribute>()?.Pattern is { } pattern ? Samples[pattern] : "value" },
            _ when type.IsGenericType => ListOf(property, type),
            _ => Fill(type),
        };
    }

    private static IList ListOf(PropertyInfo property, Type type)
    {
        var list = (IList)Activator.CreateInstance(type)!;
        list.Add(ValueOf(property, type.GetGenericArguments()[0], null));
        return list;
    }
}
