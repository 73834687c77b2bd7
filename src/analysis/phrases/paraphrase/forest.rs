//! Gradient-boosted decision trees (Friedman, 2001): each tree adds a value to the log odds.

use super::features::FEATURES;
use crate::analysis::number_reader::NumberReader;

/// The trees.
#[derive(Debug)]
pub(super) struct Forest {
    baseline: f32,
    trees: Vec<Vec<Node>>,
}

/// A node of a tree, the root first.
#[derive(Debug, Clone, Copy)]
enum Node {
    Leaf(f32),
    /// To `left` if the feature is at most `threshold`, otherwise to `right`.
    Split {
        feature: usize,
        threshold: f32,
        left: usize,
        right: usize,
    },
}

impl Forest {
    /// Reads the baseline, the number of trees, and for each the number of its nodes and five numbers a node:
    /// feature or -1, threshold, left, right, value.
    pub(super) fn read(reader: &mut NumberReader) -> Option<Self> {
        let [baseline] = *reader.take(1)? else {
            return None;
        };
        let trees = (0..reader.count()?)
            .map(|_| read_tree(reader))
            .collect::<Option<_>>()?;
        Some(Self { baseline, trees })
    }

    /// The log odds for these features.
    pub(super) fn log_odds(&self, features: &[f32; FEATURES]) -> f32 {
        let values = self.trees.iter().map(|tree| value_of(tree, features));
        self.baseline + values.sum::<f32>()
    }
}

fn read_tree(reader: &mut NumberReader) -> Option<Vec<Node>> {
    let count = reader.count()?;
    let nodes = reader.take(5 * count)?.chunks_exact(5);
    let nodes: Vec<Node> = nodes
        .map(|node| match node[0] < 0.0 {
            true => Node::Leaf(node[4]),
            false => Node::Split {
                feature: node[0] as usize,
                threshold: node[1],
                left: node[2] as usize,
                right: node[3] as usize,
            },
        })
        .collect();
    // Children come after their parents, so that every walk ends.
    let is_valid = nodes.iter().enumerate().all(|(at, node)| match *node {
        Node::Leaf(_) => true,
        Node::Split {
            feature,
            left,
            right,
            ..
        } => feature < FEATURES && left > at && right > at && left.max(right) < count,
    });
    (is_valid && count > 0).then_some(nodes)
}

fn value_of(tree: &[Node], features: &[f32; FEATURES]) -> f32 {
    let mut at = 0;
    loop {
        match tree[at] {
            Node::Leaf(value) => return value,
            Node::Split {
                feature,
                threshold,
                left,
                right,
            } => {
                at = match features[feature] <= threshold {
                    true => left,
                    false => right,
                };
            }
        }
    }
}
