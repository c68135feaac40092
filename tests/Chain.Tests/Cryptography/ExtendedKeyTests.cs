using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Tests.Kit;

namespace Chain.Tests.Cryptography;

/// <summary>Trees of keys against the published vectors of BIP32.</summary>
public class ExtendedKeyTests
{
    [VectorFact("hd.json")]
    public void TryDerive_PublishedVectors_GiveTheSameKeys()
    {
        var vectors = JsonNode.Parse(Vectors.Read("hd.json"))!.AsObject();
        var count = 0;
        foreach (var vector in vectors.Select(pair => pair.Value).OfType<JsonObject>())
        {
            var master = ExtendedKey.TryCreateMaster(Convert.FromHexString(vector["seed"]!.GetValue<string>()))!;
            foreach (var (path, keys) in vector.Where(pair => pair.Key.StartsWith('m')))
            {
                var node = master.TryDerive(Steps(path))!;
                Assert.Equal(keys!["prv"]!.GetValue<string>(), node.ToText(ExtendedKey.MainPrivateVersion));
                Assert.Equal(keys["pub"]!.GetValue<string>(), node.Neuter().ToText(ExtendedKey.MainPublicVersion));
                Assert.Equal(keys["prv"]!.GetValue<string>(),
                    ExtendedKey.TryParse(keys["prv"]!.GetValue<string>(), ExtendedKey.MainPrivateVersion, ExtendedKey.MainPublicVersion)!.ToText(ExtendedKey.MainPrivateVersion));
                count++;
            }
        }

        Assert.True(count == 12, $"only {count} keys");
    }

    [Fact]
    public void TryDerive_PublicNode_GivesTheSamePublicKeysAndNoHardenedOnes()
    {
        var node = ExtendedKey.TryCreateMaster(new byte[32])!.TryDerive([84 | ExtendedKey.Hardened, 7])!;
        for (var i = 0u; i < 20; i++) Assert.Equal(node.TryDerive(i)!.PublicKey, node.Neuter().TryDerive(i)!.PublicKey);
        Assert.Throws<InvalidOperationException>(() => node.Neuter().TryDerive(ExtendedKey.Hardened));
    }

    private static IEnumerable<uint> Steps(string path) => path.Split('/').Skip(1).Select(step =>
        step.EndsWith('\'') ? uint.Parse(step[..^1], System.Globalization.CultureInfo.InvariantCulture) | ExtendedKey.Hardened : uint.Parse(step, System.Globalization.CultureInfo.InvariantCulture));
}
