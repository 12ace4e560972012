// Command log_client watches a log of D-RECs with Go's own packages for transparency logs
// (golang.org/x/mod/sumdb/note and tlog), which share nothing with the nodes.
//
//	log_client watch BASE ORIGIN QUORUM OLDER KEYS    the log at BASE; OLDER is a note, or ""
//	log_client proof FILE ORIGIN QUORUM ENTRY KEYS    a C2SP tlog-proof of the entry in base64
//
// KEYS are verifier keys (C2SP signed-note) of the log and of its witnesses. Prints what it found,
// a word and a number a line; exits with 1 and a sentence if anything is not as it should be.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies a witness' cosignature/v1 (C2SP tlog-cosignature), of which note knows nothing.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (one cosigner) Name() string    { return one.name }
func (one cosigner) KeyHash() uint32 { return one.hash }

func (one cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	moment := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", moment, message)
	return ed25519.Verify(one.key, []byte(signed), signature[8:])
}

func newVerifier(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no verifier key: " + text)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) == 0 || key[0] != 4 {
		return note.NewVerifier(text)
	}
	hash, err := hex.DecodeString(parts[1])
	if err != nil || len(hash) != 4 || len(key) != 1+ed25519.PublicKeySize {
		return nil, errors.New("no verifier key: " + text)
	}
	return cosigner{parts[0], binary.BigEndian.Uint32(hash), key[1:]}, nil
}

// policy is who must have signed what.
type policy struct {
	origin    string
	quorum    int
	verifiers []note.Verifier
}

func newPolicy(origin, quorum string, keys []string) (policy, error) {
	result := policy{origin: origin}
	var err error
	if result.quorum, err = strconv.Atoi(quorum); err != nil {
		return result, err
	}
	for _, key := range keys {
		verifier, err := newVerifier(key)
		if err != nil {
			return result, err
		}
		result.verifiers = append(result.verifiers, verifier)
	}
	return result, nil
}

// open reads a checkpoint; it counts the log's own signatures and the witnesses'.
func (wanted policy) open(message []byte) (tree tlog.Tree, logs, witnesses int, err error) {
	signed, err := note.Open(message, note.VerifierList(wanted.verifiers...))
	if err != nil {
		return
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != wanted.origin {
		err = fmt.Errorf("a checkpoint of another log: %q", signed.Text)
		return
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return
	}
	for _, signature := range signed.Sigs {
		if signature.Name == wanted.origin {
			logs++
		} else {
			witnesses++
		}
	}
	if witnesses < wanted.quorum {
		err = fmt.Errorf("%d witnesses cosigned, and %d are wanted", witnesses, wanted.quorum)
	}
	return
}

// tiles reads a log's tiles over HTTP (C2SP tlog-tiles).
type tiles struct{ base string }

var client = http.Client{Timeout: 30 * time.Second}

func (source tiles) get(path string) ([]byte, error) {
	answer, err := client.Get(source.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (source tiles) Height() int                     { return 8 }
func (source tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (source tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		// The package's paths begin with the height; those of C2SP do not.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := source.get(path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// entries reads the whole log's entries, bundle by bundle.
func (source tiles) entries(size int64, each func(int64, []byte) error) error {
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := source.get(path)
		if err != nil {
			return err
		}
		for index := first; index < first+width; index++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s ends too early", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if err := each(index, bundle[2:end]); err != nil {
				return err
			}
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s goes on after its last entry", path)
		}
	}
	return nil
}

func watch(base, older string, wanted policy) error {
	source := tiles{base}
	message, err := source.get("checkpoint")
	if err != nil {
		return err
	}
	tree, logs, witnesses, err := wanted.open(message)
	if err != nil {
		return err
	}
	// Tiles are checked against the signed root before anything is read from them.
	reader := tlog.TileHashReader(tree, source)
	count := 0
	err = source.entries(tree.N, func(index int64, entry []byte) error {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		count++
		return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	})
	if err != nil {
		return err
	}
	if older != "" {
		before, _, _, err := wanted.open([]byte(older))
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return err
		}
		fmt.Println("older", before.N)
	}
	fmt.Printf("size %d\nentries %d\nlogs %d\nwitnesses %d\n", tree.N, count, logs, witnesses)
	return nil
}

// check reads a proof (C2SP tlog-proof) and the entry that it must be of.
func check(file, entry string, wanted policy) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	leaf, err := base64.StdEncoding.DecodeString(entry)
	if err != nil {
		return err
	}
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("a tlog-proof without an index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, _, witnesses, err := wanted.open(checkpoint)
	if err != nil {
		return err
	}
	if index < 0 || index >= tree.N {
		return errors.New("an index outside of the log")
	}
	fmt.Printf("index %d\nwitnesses %d\n", index, witnesses)
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

func main() {
	asked := os.Args[1:]
	if len(asked) < 5 {
		fmt.Fprintln(os.Stderr, "usage: see the source")
		os.Exit(64)
	}
	wanted, err := newPolicy(asked[2], asked[3], asked[5:])
	if err == nil {
		switch asked[0] {
		case "watch":
			err = watch(asked[1], asked[4], wanted)
		case "proof":
			err = check(asked[1], asked[4], wanted)
		default:
			err = errors.New("there is no " + asked[0])
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
